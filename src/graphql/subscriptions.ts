import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import type { Logger } from '../logger.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import { isFault, maskError } from './mask-error.js';
import { notListed, type QueryList } from './persisted-queries.js';

/** More than any use of the one subscription there is needs. */
const MAX_TOKENS = 500;
const MAX_AT_ONCE = 10;

export interface SubscriptionOptions {
  schema: GraphQLSchema;
  /** All that the subscription needs of a request. */
  context: Pick<RefreshContext, 'refreshes'>;
  logger: Logger;
  /** Whether a misspelt field is answered with the names of the fields there are. */
  introspection: boolean;
  /** The only ones that are served, where there is such a list. */
  listed: QueryList | undefined;
}

/**
 * How subscriptions are served over graphql-ws. Queries and mutations are not: they have a route with limits and access
 * rules, and a web page of somebody else can open a web socket without asking.
 */
export function subscriptionServer(options: SubscriptionOptions): ServerOptions {
  const { logger } = options;
  const formatted = (errors: readonly GraphQLError[]) =>
    errors.map((error) => {
      if (isFault(error)) logger.error({ err: error }, 'fault');
      return maskError(error.toJSON(), error);
    });
  return {
    onSubscribe: ({ subscriptions }, _id, { query, variables, operationName }) => {
      if (Object.keys(subscriptions).length > MAX_AT_ONCE) {
        return [badRequest(`At most ${MAX_AT_ONCE} subscriptions at once`)];
      }
      return executable(options, query, variables, operationName);
    },
    onError: (_context, _id, _payload, errors) => formatted(errors),
    onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
      errors ? { data, errors: formatted(errors) } : { data },
  };
}

function executable(
  { schema, context, introspection, listed }: SubscriptionOptions,
  query: string,
  variableValues: ExecutionArgs['variableValues'],
  operationName: string | null | undefined,
): ExecutionArgs | GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: MAX_TOKENS });
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'subscription') {
      return [badRequest('Only subscriptions are served here: send queries and mutations with POST')];
    }
    const errors = validate(schema, document, undefined, { maxErrors: 10, hideSuggestions: !introspection });
    if (errors.length > 0) return errors.map(asValidationError);
    if (listed && !listed.has(query)) return [notListed()];
    return { schema, contextValue: context, document, variableValues, operationName };
  } catch (error) {
    if (error instanceof GraphQLError) return [badRequest(error.message)];
    throw error;
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function asValidationError(error: GraphQLError): GraphQLError {
  Object.assign(error.extensions, { code: 'GRAPHQL_VALIDATION_FAILED' });
  return error;
}
