import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Config } from '../config.js';
import { AppError, type ErrorCode, NotFoundError } from '../errors.js';
import { GRAPHQL_RESPONSE, hasStatus200 } from '../graphql/apollo.js';
import { maskError } from '../graphql/mask-error.js';

/** Answers errors outside the executor, such as a body that is not JSON: to a GraphQL request as GraphQL errors. */
export function answerErrors(app: FastifyInstance, { rateLimit }: Config['http']): void {
  app.setErrorHandler<FastifyError | GraphQLError | AppError>(async (error, request, reply) => {
    const refusal = describe(error, request);
    request.facts.codes = [String(refusal.extensions.code)];
    // The handler may have begun a response that caches may keep.
    reply.removeHeader('etag').headers({ ...refusal.headers, 'cache-control': 'no-store' });
    if (refusal.status === 429) await delayRateLimited();
    if (request.routeOptions.url !== '/graphql') {
      return reply.code(refusal.status).send({ error: refusal.message, ...refusal.extensions });
    }
    return sendGraphqlError(request, reply, refusal);
  });
  // Requests for unknown paths count against the limit as well.
  const preHandler = rateLimit > 0 ? [app.rateLimit()] : [];
  app.setNotFoundHandler({ preHandler }, async () => {
    throw new NotFoundError('Not found');
  });
}

interface Refusal {
  status: number;
  message: string;
  extensions: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** What a resolver would answer as a GraphQL error. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_UNAVAILABLE: 404,
  DATABASE_UNAVAILABLE: 503,
};

function describe(error: FastifyError | GraphQLError | AppError, request: FastifyRequest): Refusal {
  if (error instanceof GraphQLError) {
    const { http = { status: 400 }, ...extensions } = error.extensions;
    const { status, headers = [] } = http as { status: number; headers?: Iterable<[string, string]> };
    return { status, message: error.message, extensions, headers: Object.fromEntries(headers) };
  }
  if (error instanceof AppError) {
    if (error.code === 'DATABASE_UNAVAILABLE') request.log.error({ requestId: request.id, err: error }, 'fault');
    const { message, extensions = {} } = maskError(error, error);
    return { status: STATUS[error.code] ?? 500, message, extensions };
  }
  const status = ('statusCode' in error && error.statusCode) || 500;
  if (status === 413) return tooLarge(request);
  if (status < 500)
    return { status, message: error.message, extensions: { code: status === 429 ? 'RATE_LIMITED' : 'BAD_REQUEST' } };
  request.log.error({ requestId: request.id, err: error }, 'fault');
  const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId: request.id };
  return { status: 500, message: 'Internal server error', extensions };
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

/** Answers the methods that a route does not have, before the body is read. CORS answers OPTIONS where it is on. */
export function refuseOtherMethods(app: FastifyInstance, url: string, allowed: readonly string[]): void {
  const error = new GraphQLError(`${url} is served by ${allowed.join(' and ')} only`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 405, headers: new Map([['allow', allowed.join(', ')]]) } },
  });
  const others = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter((it) => !allowed.includes(it));
  app.route({
    url,
    method: others.filter((it) => it !== 'OPTIONS' || !app.hasRoute({ method: 'OPTIONS', url: '*' })),
    onRequest: (_request, _reply, done) => done(error),
    handler: () => undefined,
  });
}
