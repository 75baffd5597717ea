import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import type { RequestContext } from './context.js';
import type { CostCheck } from './limits/cost.js';
import { isFault, maskError } from './mask-error.js';
import { allowOnly, type PersistedQueries, readManifest } from './persisted-queries.js';
import { SerializedResponse } from './response.js';

/** Characters of the queries whose documents are kept, which take eighty times as much memory. */
export const MAX_DOCUMENTS = 250_000;

/** Characters that a document counts for beside its text, so that many small ones are bounded as well. */
export const ENTRY_OVERHEAD = 200;

export interface ApolloParts {
  schema: GraphQLSchema;
  checkCost: CostCheck;
  persistedQueries: PersistedQueries;
  logger: Logger;
  http: Config['http'];
}

/** Everything is said explicitly: NODE_ENV switches nothing. */
export function createApollo({ schema, checkCost, persistedQueries, logger, http }: ApolloParts) {
  return new ApolloServer<RequestContext>({
    schema,
    plugins: [
      // It wraps every field of every answer, a fifth of the time of a large one, for a header that nobody sets here.
      ApolloServerPluginCacheControlDisabled(),
      http.landingPage
        ? ApolloServerPluginLandingPageLocalDefault({ footer: false })
        : ApolloServerPluginLandingPageDisabled(),
      operationFacts,
      ...(http.persistedQueriesFile ? [allowOnly(readManifest(http.persistedQueriesFile))] : []),
      costLimits(checkCost),
      faultLog(logger),
      statusByMediaType,
    ],
    // Apollo's own keep 30 MB each, by their length as JSON; queries that are new each time would fill 100 MB.
    documentStore: createDocumentStore(),
    cache: persistedQueries.store,
    introspection: http.introspection,
    // Else a misspelt field is answered with the names of the fields there are.
    hideSchemaDetailsFromClientErrors: !http.introspection,
    // Each comes with what may have been meant, which takes time to find.
    validationOptions: { maxErrors: 10 },
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    formatError: maskError,
    logger,
    // The recipe in serve.ts stops the server.
    stopOnTerminationSignals: false,
  });
}

/** What is masked in the answer stands whole in the log; the request id leads from one to the other. */
function faultLog(logger: Logger): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { requestId } }) => ({
      didEncounterErrors: async ({ errors, operationName }) => {
        for (const err of errors.filter((error) => isFault(error)))
          logger.error({ requestId, operationName, err }, 'fault');
      },
      willSendResponse: async ({ response: { body } }) => {
        const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
        for (const { extensions } of errors ?? []) {
          if (extensions?.code === 'INTERNAL_SERVER_ERROR') Object.assign(extensions, { requestId });
        }
      },
    }),
  };
}

export async function executeWithApollo(
  apollo: ApolloServer<RequestContext>,
  request: FastifyRequest,
  context: RequestContext,
): Promise<SerializedResponse> {
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toApollo(request),
    context: async () => context,
  });
  const text = body.kind === 'complete' ? body.string : await joined(body.asyncIterator);
  headers.delete('content-length');
  return new SerializedResponse(status ?? 200, Object.fromEntries(headers), text, context.facts);
}

function toApollo({ method, url, headers, body }: FastifyRequest): HTTPGraphQLRequest {
  const ours = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) ours.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return { method, headers: ours, search, body };
}

async function joined(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

const MAX_NAME_LENGTH = 80;

/** Notes what is run, and what errors its answer has. */
const operationFacts: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async ({ contextValue }) => ({
    didResolveOperation: async ({ document, operation, operationName }) => {
      if (!operation) return;
      if (operation.operation === 'subscription') throw subscriptionByHttp();
      const { facts, startClock, valid } = contextValue;
      valid.document = document;
      facts.operation = `${operation.operation} ${operationName?.slice(0, MAX_NAME_LENGTH) ?? ''}`.trimEnd();
      // A refresh takes as long as its sources do, and has time limits of its own.
      if (operation.operation === 'query') startClock();
    },
    willSendResponse: async ({ response: { body } }) => {
      const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
      if (errors)
        contextValue.facts.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
    },
  }),
};

/** The content type is given because a client that accepts only a multipart response would be answered with 406. */
function subscriptionByHttp(): GraphQLError {
  const headers = new HeaderMap([['content-type', 'application/json; charset=utf-8']]);
  return new GraphQLError(
    'Subscriptions are served over a web socket on this path (protocol graphql-transport-ws), not over HTTP',
    { extensions: { code: 'BAD_USER_INPUT', http: { status: 400, headers } } },
  );
}

/**
 * GraphQL over HTTP: an answer in `application/json` to a well-formed request has status 200, whatever the query is
 * refused for, since a client cannot tell an intermediary's 400 from ours. Only the media type
 * `application/graphql-response+json`, which says who speaks, goes with 4xx.
 */
const statusByMediaType: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async ({ request }) => ({
    willSendResponse: async ({ response }) => {
      const accept = request.http?.headers.get('accept') ?? '';
      if (accept.includes('application/graphql-response+json') || response.body.kind !== 'single') return;
      const code = response.body.singleResult.errors?.[0]?.extensions?.code;
      if (REFUSALS.has(code)) response.http.status = 200;
    },
  }),
};

const REFUSALS = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'QUERY_TOO_COMPLEX',
]);

/** Evicts what was least recently used as soon as all documents together are larger than the limit. */
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

/** To find what is wrong with a query takes as long as to answer a large one. */
const INVALID_COST = 3_000;

/** Refuses, before it runs, what is too much with the variables it came with. */
function costLimits(checkCost: CostCheck): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { budget, facts } }) => ({
      validationDidStart: async () => async (errors) => {
        if (errors) budget.charge(INVALID_COST);
      },
      didResolveOperation: async ({ schema, document, operation, operationName, request }) => {
        if (!operation) return;
        // Given back below: what is refused has been read and validated by now.
        budget.charge(INVALID_COST);
        const cost = checkCost({ schema, document, operationName, variables: request.variables }, facts);
        budget.charge(-INVALID_COST);
        budget.spend(cost);
      },
    }),
  };
}
