import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkMayChange, mayChange } from '../access.js';
import type { AppContext } from '../context.js';
import { type CostBudget, createRequestContext } from '../graphql/context.js';
import { type DataQuery, type GraphqlParameters, operationKey, startExecutor } from '../graphql/execute.js';
import { tooComplex } from '../graphql/limits/document.js';
import type { SerializedResponse } from '../graphql/response.js';
import { addVary, allowCaching, type CacheControl, isKnown, negotiateEncoding } from './caching.js';
import { delayRateLimited, refuseOtherMethods } from './errors.js';
import { QueryDeadline } from './limits.js';

/** The cost of parsing a query that is refused before its validation. */
const REFUSED_COST = 500;

/** The landing page allows what Apollo Sandbox loads by itself, with nonces. */
const PAGE_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

interface Prepared {
  response: SerializedResponse;
  /** Whether the response depends on the stored data alone. */
  isData: boolean;
  /** Undefined where the response cache was not asked. */
  isHit?: boolean;
}

/** A JSON body that has not been parsed: a repeated request is answered without that. */
class RawJson {
  constructor(readonly text: string) {}
}

/** `limits -> response cache -> execute -> send`. A repeated request is found in the cache before it is parsed. */
export async function serveGraphql(
  app: FastifyInstance,
  context: AppContext,
  budgetOf: (address: string) => CostBudget,
  cacheControl: CacheControl,
): Promise<void> {
  const { config, logger, services, responses } = context;
  const executor = await startExecutor(logger, config);
  // By then Fastify has answered the requests in flight. Apollo's own drain plugin would wait for this very close.
  app.addHook('onClose', () => executor.stop());
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) =>
    done(null, new RawJson(text as string)),
  );

  async function respond(request: FastifyRequest, reply: FastifyReply, alias: string | undefined) {
    const query = readQuery(request);
    const hasGone = () => reply.raw.closed || request.raw.socket.destroyed;
    const run = (isAbandoned: () => boolean) => execute(request, query, isAbandoned);
    const key = query && responses.isEnabled ? operationKey(query) : undefined;
    const cached = key === undefined ? null : await responses.get(key, hasGone, run);
    if (!cached) return prepare(request, reply, { response: await run(hasGone), isData: query !== undefined });
    // A registration is read each time, because its hash may have been evicted.
    if (alias !== undefined && key !== undefined && !query?.isRegistration) responses.addAlias(alias, key);
    return prepare(request, reply, { ...cached, isData: true });
  }

  /** Sets the head of the reply. Returns the body in the smallest encoding that the client accepts, or sends none. */
  function prepare(request: FastifyRequest, reply: FastifyReply, { response, isData, isHit }: Prepared) {
    reply.code(response.status).headers(response.headers);
    if (response.headers['content-type']?.startsWith('text/html')) {
      reply.header('content-security-policy', PAGE_POLICY);
    }
    if (isHit !== undefined) {
      const cache = isHit ? 'hit' : 'miss';
      Object.assign(request.facts, { cache }, response.facts);
      reply.header('x-cache', cache);
    }
    const encoding = response.isCompressible ? negotiateEncoding(request, reply) : 'identity';
    if (isData && isNotModified(request, reply, response)) {
      return reply.code(304).removeHeader('content-type').removeHeader('content-encoding').send();
    }
    return response.body(encoding);
  }

  /** Lets caches keep a response to GET. Returns whether the client has it already. */
  function isNotModified(request: FastifyRequest, reply: FastifyReply, response: SerializedResponse): boolean {
    if (request.method === 'POST' || !response.isWhole) return false;
    addVary(reply, 'accept');
    allowCaching(request, reply.header('etag', response.etag), cacheControl());
    return isKnown(request.headers['if-none-match'], response.etag);
  }

  /** Parses the request, and checks what can be checked before the validation. */
  function readQuery(request: FastifyRequest): DataQuery | undefined {
    const { method, url, headers } = request;
    if (request.body instanceof RawJson) {
      let failure: Error | null = null;
      void parseJson(request, request.body.text, (error, body) => {
        failure = error;
        request.body = body;
      });
      if (failure) throw failure;
    }
    if (Array.isArray(request.body)) {
      // A request is one query: the limit of requests counts on it.
      const limit = { limit: 'batch', allowed: 1, actual: request.body.length };
      throw tooComplex('Batches are not served: send each query in its own request', limit);
    }
    const parameters = method === 'POST' ? ((request.body ?? {}) as GraphqlParameters) : parametersOf(url);
    try {
      const query = executor.dataQuery(parameters, headers.accept);
      // Apollo refuses some content types even for a GET, which has no content.
      return method === 'POST' || headers['content-type'] === undefined ? query : undefined;
    } catch (error) {
      budgetOf(request.ip).spend(REFUSED_COST);
      throw error;
    }
  }

  async function execute(
    request: FastifyRequest,
    query: DataQuery | undefined,
    isAbandoned: () => boolean,
  ): Promise<SerializedResponse> {
    const { facts, headers } = request;
    const budget = budgetOf(request.ip);
    // Throws when the client is in debt.
    budget.spend(0);
    const deadline = new QueryDeadline(config.limits.timeoutMs, services.snapshots);
    const requestContext = createRequestContext(services, {
      requestId: request.id,
      budget,
      facts,
      startClock: () => deadline.start(),
      isCancelled: () => deadline.isOver || isAbandoned(),
      mayChange: () => {
        facts.actor = checkMayChange(config.http, headers);
        return facts.actor;
      },
      isTrusted: () => mayChange(config.http, headers),
    });
    try {
      const response = await deadline.race(executor.execute(request, requestContext, query));
      if (facts.codes?.includes('RATE_LIMITED')) await delayRateLimited();
      return response;
    } finally {
      deadline.end();
    }
  }

  app.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    handler: (request, reply) => {
      const alias = responses.isEnabled ? aliasOf(request) : undefined;
      const repeated = alias === undefined ? undefined : responses.findByAlias(alias);
      if (!repeated) return respond(request, reply, alias);
      const body = prepare(request, reply, { response: repeated, isData: true, isHit: true });
      // Without a promise where that is possible: most requests come this way.
      return body instanceof Promise || body === reply ? body : void reply.send(body);
    },
  });
  refuseOtherMethods(app, '/graphql', ['GET', 'POST']);
}

/** All that the response depends on, except its encoding. A header cannot contain a line feed. */
function aliasOf({ method, url, body, headers }: FastifyRequest): string | undefined {
  const { 'content-type': type, accept = '\n' } = headers;
  if (body instanceof RawJson) return `${type}\n${accept}\n${body.text}`;
  // No URL begins with a brace, as a body does that has a response.
  return method === 'POST' ? undefined : `${type ?? '\n'}\n${accept}\n${url}`;
}

/** As Apollo reads them. It refuses parameters that are given twice or are not JSON. */
function parametersOf(url: string): GraphqlParameters {
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const parameters: GraphqlParameters = {};
  for (const name of ['query', 'operationName', 'variables', 'extensions'] as const) {
    const [value, ...others] = search.getAll(name);
    if (others.length > 0) return {};
    if (value !== undefined) parameters[name] = name === 'query' || name === 'operationName' ? value : jsonOf(value);
  }
  return parameters;
}

/** What is not JSON, or is null, stays text, which Apollo refuses for these parameters. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) ?? text;
  } catch {
    return text;
  }
}
