import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestFacts } from '../graphql/request-facts.js';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
  }
}

/** One line a request, and its id in every answer. */
export function logRequests(app: FastifyInstance): void {
  app.decorateRequest('facts');
  app.addHook('onRequest', async (request, reply) => {
    request.facts = {};
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', logRequest);
}

async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { method, ip, facts } = request;
  const path = request.url.split('?', 1)[0];
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  request.log.info({ method, path, status: reply.statusCode, durationMs, ip, ...facts }, 'request');
}
