import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Config } from '../config.js';
import { AppError } from '../errors.js';
import { GRAPHQL_RESPONSE, hasStatus200 } from '../graphql/apollo.js';

/** Answers errors outside the executor, such as a body that is not JSON: to a GraphQL request as GraphQL errors. */
export function answerErrors(app: FastifyInstance, { rateLimit }: Config['http']): void {
  app.setErrorHandler<FastifyError | GraphQLError | AppError>(async (error, request, reply) => {
    const refusal = describe(error, request);
    request.facts.codes = [String(refusal.extensions.code)];
    if (request.routeOptions.url !== '/graphql') {
      return reply.code(refusal.status).send({ error: refusal.message });
    }
    reply.headers(refusal.headers ?? {});
    if (refusal.status === 429) await delayRateLimited();
    return sendGraphqlError(request, reply, refusal);
  });
  // Requests for unknown paths count against the limit as well.
  const preHandler = rateLimit > 0 ? [app.rateLimit()] : [];
  app.setNotFoundHandler({ preHandler }, (_request, reply) => reply.code(404).send({ error: 'Not found' }));
}

interface Refusal {
  status: number;
  message: string;
  extensions: Record<string, unknown>;
  headers?: Record<string, string>;
}

function describe(error: FastifyError | GraphQLError | AppError, request: FastifyRequest): Refusal {
  if (error instanceof GraphQLError) {
    const { http, ...extensions } = error.extensions;
    const { status, headers = [] } = http as { status: number; headers?: Iterable<[string, string]> };
    return { status, message: error.message, extensions, headers: Object.fromEntries(headers) };
  }
  if (error instanceof AppError && error.code === 'FORBIDDEN')
    return { status: 403, message: error.message, extensions: { code: error.code } };
  const status = ('statusCode' in error && error.statusCode) || 500;
  if (status === 413) return tooLarge(request);
  if (status < 500) return { status, message: error.message, extensions: { code: codeOf(status) } };
  request.log.error({ requestId: request.id, err: error }, 'fault');
  const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId: request.id };
  return { status: 500, message: 'Internal server error', extensions };
}

function codeOf(status: number): string {
  return status === 429 ? 'RATE_LIMITED' : 'BAD_REQUEST';
}

function tooLarge({ headers, routeOptions: { bodyLimit = 0 } }: FastifyRequest): Refusal {
  const allowed = bodyLimit / 1024;
  const length = Number(headers['content-length']);
  return {
    status: 413,
    message: `The body has more than ${allowed} kB (BODY_MAX_KB)`,
    extensions: {
      code: 'QUERY_TOO_COMPLEX',
      limit: 'BODY_MAX_KB',
      allowed,
      ...(length > 0 && { actual: Math.ceil(length / 1024) }),
    },
  };
}

function sendGraphqlError(request: FastifyRequest, reply: FastifyReply, refusal: Refusal) {
  const { message, extensions, status } = refusal;
  const { accept } = request.headers;
  const type = accept?.includes(GRAPHQL_RESPONSE) ? GRAPHQL_RESPONSE : 'application/json';
  const isQuery = status !== 413 && extensions.limit !== 'batch';
  return reply
    .code(isQuery && hasStatus200(extensions.code, accept) ? 200 : status)
    .header('content-type', `${type}; charset=utf-8`)
    .send(JSON.stringify({ errors: [{ message, extensions }] }));
}

const RATE_LIMITED_DELAY_MS = 500;

/** Delays rate-limited responses, so that clients that retry at once send fewer requests. */
export async function delayRateLimited(): Promise<void> {
  await delay(RATE_LIMITED_DELAY_MS);
}
