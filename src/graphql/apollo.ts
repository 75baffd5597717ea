import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { createBoundedStore } from './bounded-store.js';
import type { CostCheck } from './limits/cost-check.js';
import { costLimits } from './limits/cost-limits.js';
import { isFault, maskError } from './mask-error.js';
import { operationFacts } from './operation-facts.js';
import { allowOnly, readManifest } from './persisted-queries.js';
import type { RequestContext } from './request-context.js';
import { statusByMediaType } from './status-by-media-type.js';

/** Characters of the queries whose documents are kept, which take eighty times as much memory. */
export const MAX_DOCUMENTS = 250_000;

/** Characters of the queries that are known by their hash. */
const MAX_PERSISTED = 4_000_000;

export interface ApolloParts {
  schema: GraphQLSchema;
  checkCost: CostCheck;
  logger: Logger;
  http: Config['http'];
}

/** Everything is said explicitly: NODE_ENV switches nothing. */
export function createApollo({ schema, checkCost, logger, http }: ApolloParts) {
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
    documentStore: createBoundedStore<DocumentNode>(MAX_DOCUMENTS, ({ loc }) => loc?.source.body.length ?? 0),
    cache: createBoundedStore<string>(MAX_PERSISTED, ({ length }) => length),
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
