import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What fails before a route is reached, such as a body that is no JSON, is answered in the form of the route. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return answer(request, reply.code(status), error.message, codeOf(status));
    request.log.error({ err: error }, 'fault');
    return answer(request, reply.code(500), 'Internal server error', 'INTERNAL_SERVER_ERROR');
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found' }));
}

function answer(request: FastifyRequest, reply: FastifyReply, message: string, code: string) {
  const isGraphql = request.routeOptions.url === '/graphql';
  if (!isGraphql) return reply.send({ error: message });
  const requestId = code === 'INTERNAL_SERVER_ERROR' ? { requestId: request.id } : {};
  return reply.send({ errors: [{ message, extensions: { code, ...requestId } }] });
}

function codeOf(status: number): string {
  return status === 413 ? 'QUERY_TOO_COMPLEX' : 'BAD_REQUEST';
}
