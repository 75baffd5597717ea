import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** One line a request, and its id in every answer. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', logRequest);
}

async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { method } = request;
  const path = request.url.split('?', 1)[0];
  request.log.info(
    { method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
    'request',
  );
}
