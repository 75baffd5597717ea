import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { checkMayChange } from '../access.js';
import type { AppContext } from '../context.js';
import { createRequestContext } from '../graphql/context.js';
import { type DataQuery, type GraphqlParameters, operationKey, startExecutor } from '../graphql/execute.js';
import { createCostBudgets } from '../graphql/limits/budget.js';
import { createDocumentCheck, tooComplex } from '../graphql/limits/document.js';
import { acceptedEncoding, type SerializedResponse } from '../graphql/response.js';
import { delayRateLimited } from './errors.js';

/** What parsing a query costs that is refused before validation. */
const REFUSED_COST = 500;

/** A body that has not been parsed: the same bytes are answered from the cache without it. */
class RawJson {
  constructor(readonly text: string) {}
}

/** Limits, then the response cache, then the executor. */
export async function serveGraphql(app: FastifyInstance, context: AppContext): Promise<void> {
  const { config, logger, services, responses } = context;
  const executor = await startExecutor(logger, config);
  // By then Fastify has answered the requests in flight. Apollo's own drain plugin would wait for this very close.
  app.addHook('onClose', () => executor.stop());
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) =>
    done(null, new RawJson(text as string)),
  );
  const checkDocument = createDocumentCheck(config.limits);
  const budgetOf = createCostBudgets(config.limits.costPerMinute);

  async function execute(
    request: FastifyRequest,
    reply: FastifyReply,
    query: DataQuery | undefined,
    isAbandoned = () => hasGone(request, reply),
  ): Promise<SerializedResponse> {
    const budget = budgetOf(request.ip);
    // Throws when the client is in debt.
    budget.spend(0);
    const deadline = new QueryDeadline(config.limits.timeoutMs);
    const requestContext = createRequestContext(services, {
      requestId: request.id,
      budget,
      facts: request.facts,
      startClock: () => deadline.start(),
      isCancelled: () => deadline.isOver || isAbandoned(),
      mayChange: () => {
        request.facts.actor = checkMayChange(config.http, request.headers);
        return request.facts.actor;
      },
    });
    try {
      const response = await deadline.race(executor.execute(request, requestContext, query));
      if (request.facts.codes?.includes('RATE_LIMITED')) await delayRateLimited();
      return response;
    } finally {
      deadline.end();
    }
  }

  /** The parameters, after the checks that need no validation. */
  async function readParameters(request: FastifyRequest): Promise<GraphqlParameters> {
    if (request.body instanceof RawJson) {
      const { text } = request.body;
      request.body = await new Promise((resolve, reject) => {
        void parseJson(request, text, (error, body) => (error ? reject(error) : resolve(body)));
      });
    }
    if (Array.isArray(request.body)) throw batchRefused(request.body.length);
    const parameters = request.method === 'GET' ? parametersOf(request.url) : request.body;
    const { query } = (parameters ?? {}) as GraphqlParameters;
    if (typeof query === 'string') {
      try {
        checkDocument(query);
      } catch (error) {
        budgetOf(request.ip).spend(REFUSED_COST);
        throw error;
      }
    }
    return parameters ?? {};
  }

  async function respondAnew(request: FastifyRequest, reply: FastifyReply, bytes: string | undefined) {
    const parameters = await readParameters(request);
    // Apollo refuses a GET that a foreign page could have caused.
    const mayBeCached = request.method === 'POST' || isPreflighted(request);
    const query = mayBeCached ? executor.dataQuery(parameters, request.headers.accept) : undefined;
    const key = query && operationKey(query);
    const cached = query && key !== undefined ? await respondCached(request, reply, query, key) : undefined;
    if (cached === undefined) return respond(request, reply, await execute(request, reply, query));
    // A client that sends hash and text together does so once, to register it.
    const isRegistration = typeof parameters.query === 'string' && query?.hash !== undefined;
    if (key !== undefined && bytes !== undefined && !isRegistration) responses.remember(bytes, key);
    return cached;
  }

  /** Undefined when the response cannot be cached. */
  async function respondCached(request: FastifyRequest, reply: FastifyReply, query: DataQuery, key: string) {
    const waiter = { hasGone: () => hasGone(request, reply) };
    const cached = await responses.get(key, waiter, (isAbandoned) =>
      execute(request, reply, query, isAbandoned),
    );
    if (!cached) return undefined;
    const { response, isHit } = cached;
    if (response.isWhole) executor.register(query);
    mark(request, reply, response, isHit ? 'hit' : 'miss');
    const body = await respond(request, reply, response);
    responses.resize(key, response);
    return body;
  }

  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: (request, reply) => {
      const bytes = responses.isEnabled ? bytesOf(request) : undefined;
      const known = bytes === undefined ? undefined : responses.findByBytes(bytes);
      if (!known) return respondAnew(request, reply, bytes);
      // Without a promise where there is nothing to wait for: most requests come this way.
      mark(request, reply, known, 'hit');
      const body = respond(request, reply, known);
      return body instanceof Promise ? body : reply.send(body);
    },
  });
  app.route({
    url: '/graphql',
    method: ['PUT', 'DELETE', 'PATCH', ...(config.http.corsOrigins.length > 0 ? [] : ['OPTIONS'])],
    // Before the body is read.
    onRequest: (_request, _reply, done) => done(methodNotAllowed()),
    handler: () => undefined,
  });
}

/** What the response to a POST depends on, but for its encoding. Undefined for other requests. */
function bytesOf({ body, headers }: FastifyRequest): string | undefined {
  if (!(body instanceof RawJson)) return undefined;
  return `bytes ${JSON.stringify([headers['content-type'], headers.accept])} ${body.text}`;
}

/** As Apollo reads them. What is given twice or is not JSON, Apollo refuses. */
function parametersOf(url: string): GraphqlParameters {
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const parameters: GraphqlParameters = {};
  for (const name of ['query', 'operationName', 'variables', 'extensions'] as const) {
    const [value, ...others] = search.getAll(name);
    if (others.length > 0) return {};
    if (value !== undefined)
      parameters[name] = name === 'query' || name === 'operationName' ? value : jsonOf(value);
  }
  return parameters;
}

/** Text that is not JSON stays text, which is no value of these parameters. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isPreflighted({ headers }: FastifyRequest): boolean {
  return Boolean(headers['apollo-require-preflight'] || headers['x-apollo-operation-name']);
}

function mark(
  { facts }: FastifyRequest,
  reply: FastifyReply,
  response: SerializedResponse,
  cache: 'hit' | 'miss',
): void {
  const { operation, cost } = response.facts;
  if (operation !== undefined) facts.operation = operation;
  if (cost !== undefined) facts.cost = cost;
  facts.cache = cache;
  reply.header('x-cache', cache);
}

/** Sets the head of the reply, and returns the body in the smallest encoding that the client accepts. */
function respond(request: FastifyRequest, reply: FastifyReply, response: SerializedResponse) {
  reply.code(response.status).headers(response.headers);
  if (!response.isCompressible) return response.body('identity');
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return response.body(encoding);
}

/** The client has closed the connection. */
function hasGone({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  return (reply.raw as ServerResponse).closed || raw.socket.destroyed;
}

/** Each request is one query, so that its cost is known and requests can be counted. */
function batchRefused(actual: number): GraphQLError {
  const limit = { limit: 'batch', allowed: 1, actual };
  return tooComplex('Several queries in one request are not served; send each by itself', limit);
}

function methodNotAllowed(): GraphQLError {
  const headers = new Map([['allow', 'GET, POST']]);
  return new GraphQLError('GraphQL is served by GET and POST only', {
    extensions: { code: 'BAD_REQUEST', http: { status: 405, headers } },
  });
}

/** The time that a query has. */
class QueryDeadline {
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => undefined;
  isOver = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.end();
      this.#reject(timedOut(this.#timeoutMs));
    }, this.#timeoutMs);
  }

  /** Rejects when the time is up. */
  race<T>(response: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      response.then(resolve, reject);
    });
  }

  /** No further field of the query is resolved. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
  }
}

function timedOut(timeoutMs: number) {
  const seconds = timeoutMs / 1000;
  return tooComplex(`The query took longer than ${seconds} s (QUERY_TIMEOUT) and was cancelled`, {
    limit: 'QUERY_TIMEOUT',
    allowed: seconds,
    http: { status: 503 },
  });
}
