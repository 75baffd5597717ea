import { ApolloServerErrorCode, ApolloServerValidationErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError, DatabaseUnavailableError } from '../errors.js';

/** What GraphQL and Apollo say of a request that cannot be run. Their messages speak of the request alone. */
const OF_THE_REQUEST: ReadonlySet<unknown> = new Set([
  ...Object.values(ApolloServerErrorCode).filter((code) => code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR),
  ...Object.values(ApolloServerValidationErrorCode),
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'FORBIDDEN',
]);

/** Our own errors and those about the request pass as they are; of everything else the client learns nothing. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (original instanceof DatabaseUnavailableError) {
    // Where it is and why it cannot be reached is the operator's business.
    return { message: 'The database is not available', ...place, extensions: { code: original.code } };
  }
  if (original instanceof AppError) {
    const { code, details, message } = original;
    return { message, ...place, extensions: { code, ...(details !== undefined && { details }) } };
  }
  if (isAboutRequest(formatted)) return formatted;
  if (isBadRequest(error)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

/** Whether an error belongs in the log, whole, and not in the answer: a fault of ours or of the database. */
export function isFault(error: Pick<GraphQLFormattedError, 'extensions'>): boolean {
  const original = unwrapResolverError(error);
  if (original instanceof AppError) return original instanceof DatabaseUnavailableError;
  return !isAboutRequest(error) && !isBadRequest(error);
}

function isAboutRequest({ extensions }: Pick<GraphQLFormattedError, 'extensions'>): boolean {
  return OF_THE_REQUEST.has(extensions?.code);
}

/** Apollo gives no code to what it says of persisted queries, but a status. No resolver was run by then: no path. */
function isBadRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.originalError || error.path) return false;
  return (error.extensions.http as { status?: number } | undefined)?.status === 400;
}
