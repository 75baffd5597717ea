import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import type { RequestContext } from './context.js';
import type { CostCheck } from './limits/cost.js';
import { isFault, maskError } from './mask-error.js';
import { allowOnly, type PersistedQueries, type QueryList } from './persisted-queries.js';
import { SerializedResponse } from './response.js';

/** Characters of the queries whose documents are kept; a document takes eighty times as much memory as its text. */
const MAX_DOCUMENTS = 250_000;

/** Added to the size of each document, so that many small ones are bounded too. */
const ENTRY_OVERHEAD = 200;

export interface ApolloParts {
  schema: GraphQLSchema;
  checkCost: CostCheck;
  persistedQueries: PersistedQueries;
  /** Undefined where all queries are served. */
  listed: QueryList | undefined;
  logger: Logger;
  http: Config['http'];
}

/** What Apollo Sandbox opens with. */
const FIRST_QUERY = `# Without a network, or with more examples: GraphiQL at /graphiql.
{
  status {
    totalCountries
    lastRefreshedAt
  }
}
`;

/** Everything is set explicitly: NODE_ENV switches nothing. */
export function createApollo({ schema, checkCost, persistedQueries, listed, logger, http }: ApolloParts) {
  return new ApolloServer<RequestContext>({
    schema,
    plugins: [
      // It wraps every field of every response, a fifth of the time of a large one, for a header that is not set here.
      ApolloServerPluginCacheControlDisabled(),
      // Otherwise each start loads the code that writes traces for Apollo's gateway.
      ApolloServerPluginInlineTraceDisabled(),
      http.landingPage
        ? ApolloServerPluginLandingPageLocalDefault({ footer: false, document: FIRST_QUERY })
        : ApolloServerPluginLandingPageDisabled(),
      followRequests(checkCost, logger),
      ...(listed ? [allowOnly(listed)] : []),
    ],
    // Apollo's own store keeps 30 MB, counted as JSON; queries that are new each time would fill 100 MB of memory.
    documentStore: createDocumentStore(),
    cache: persistedQueries,
    introspection: http.introspection,
    // Otherwise the error for an unknown field suggests the fields that exist.
    hideSchemaDetailsFromClientErrors: !http.introspection,
    // Each has suggestions, which take time to find.
    validationOptions: { maxErrors: 10 },
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    formatError: maskError,
    logger,
    // stopOnSignal in shutdown.ts stops the server.
    stopOnTerminationSignals: false,
  });
}

export async function executeWithApollo(
  apollo: ApolloServer<RequestContext>,
  { method: sent, url, headers, body }: FastifyRequest,
  context: RequestContext,
): Promise<SerializedResponse> {
  // Node omits the body of a response to HEAD.
  const method = sent === 'HEAD' ? 'GET' : sent;
  const given = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) given.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  if (method === 'GET') allowPlainGet(given, search);
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: given, search, body },
    context: async () => context,
  });
  if (response.body.kind !== 'complete') throw new Error('Responses in parts are not served');
  response.headers.delete('content-length');
  // The route sets it.
  response.headers.delete('cache-control');
  const { status = 200 } = response;
  return new SerializedResponse(status, Object.fromEntries(response.headers), response.body.string, context.facts);
}

/**
 * Apollo's CSRF prevention would refuse a query by GET without a header that makes browsers ask first. A query changes
 * nothing, and mutations by GET are refused. A browser that is sent to one gets its response, not the landing page.
 */
function allowPlainGet(headers: HeaderMap, search: string): void {
  headers.set('apollo-require-preflight', 'true');
  const { query, extensions } = Object.fromEntries(new URLSearchParams(search));
  if ((query || extensions) && headers.get('accept')?.includes('text/html')) headers.set('accept', 'application/json');
}

const MAX_NAME_LENGTH = 80;

/** Finding the errors of an invalid query takes as long as a large response. */
const INVALID_COST = 3_000;

/** Records facts about each request, checks its cost before the execution, and completes its errors. */
function followRequests(checkCost: CostCheck, logger: Logger): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ request, contextValue: { requestId, budget, facts, startClock, validated } }) => ({
      validationDidStart: async () => async (errors) => {
        if (errors) budget.charge(INVALID_COST);
      },
      didResolveOperation: async ({ document, operation, operationName }) => {
        if (!operation) return;
        if (operation.operation === 'subscription') throw subscriptionOverHttp();
        validated.document = document;
        facts.operation = `${operation.operation} ${operationName?.slice(0, MAX_NAME_LENGTH) ?? ''}`.trimEnd();
        // A refresh takes as long as its sources do, and has its own time limits.
        if (operation.operation === 'query') startClock();
        // Refunded unless the query is refused, since it has been parsed and validated.
        budget.charge(INVALID_COST);
        const cost = checkCost({ document, operationName, variables: request.variables }, facts);
        budget.charge(-INVALID_COST);
        budget.spend(cost);
      },
      // Errors that are masked in the response are logged whole; the request id leads from one to the other.
      didEncounterErrors: async ({ errors, operationName }) => {
        for (const err of errors.filter(isFault)) logger.error({ requestId, operationName, err }, 'fault');
      },
      willSendResponse: async ({ response: { http, body } }) => {
        const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
        if (!errors) return;
        facts.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
        addRequestId(errors, requestId);
        const accept = request.http?.headers.get('accept');
        if (hasStatus200(errors[0]?.extensions?.code, accept)) http.status = 200;
      },
    }),
  };
}

function addRequestId(errors: readonly GraphQLFormattedError[], requestId: string): void {
  for (const { extensions } of errors) {
    if (extensions?.code === 'INTERNAL_SERVER_ERROR') Object.assign(extensions, { requestId });
  }
}

/** The content type is set because a client that accepts only a multipart response would be answered with 406. */
function subscriptionOverHttp(): GraphQLError {
  const headers = new HeaderMap([['content-type', 'application/json; charset=utf-8']]);
  return new GraphQLError(
    'Subscriptions are served over a web socket on this path (protocol graphql-transport-ws), not over HTTP',
    { extensions: { code: 'BAD_USER_INPUT', http: { status: 400, headers } } },
  );
}

export const GRAPHQL_RESPONSE = 'application/graphql-response+json';

/**
 * Whether the response to an error has status 200. GraphQL over HTTP wants it in `application/json` for well-formed
 * requests, since a 400 could come from a proxy; only the newer media type goes with 4xx.
 */
export function hasStatus200(code: unknown, accept = ''): boolean {
  return !accept.includes(GRAPHQL_RESPONSE) && REFUSALS.has(code);
}

const REFUSALS = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'QUERY_TOO_COMPLEX',
]);

/** Keyed by the text of a query. The least recently used are evicted when all texts together exceed the limit. */
export function createDocumentCache<T extends object>(memoMethod?: (query: string) => T): LRUCache<string, T> {
  const sizeCalculation = (_: T, key: string) => key.length + ENTRY_OVERHEAD;
  return new LRUCache({ maxSize: MAX_DOCUMENTS, sizeCalculation, ...(memoMethod && { memoMethod }) });
}

function createDocumentStore() {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_DOCUMENTS,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? 0) + ENTRY_OVERHEAD,
  });
  return {
    get: async (key: string) => documents.get(key),
    set: async (key: string, document: DocumentNode) => void documents.set(key, document),
    delete: async (key: string) => documents.delete(key),
  };
}
