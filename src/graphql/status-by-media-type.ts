import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from './request-context.js';

/**
 * GraphQL over HTTP: an answer in `application/json` to a well-formed request has status 200, whatever the query is
 * refused for, since a client cannot tell an intermediary's 400 from ours. Only the media type
 * `application/graphql-response+json`, which says who speaks, goes with 4xx.
 */
export const statusByMediaType: ApolloServerPlugin<RequestContext> = {
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
