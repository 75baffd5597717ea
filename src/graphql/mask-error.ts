import { ApolloServerErrorCode, ApolloServerValidationErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError, isValueNode } from 'graphql';
import { AppError, DatabaseUnavailableError } from '../errors.js';

/** Codes of invalid requests. Their messages are about the request alone. */
export const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  ...Object.values(ApolloServerErrorCode).filter((code) => code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR),
  ...Object.values(ApolloServerValidationErrorCode),
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'FORBIDDEN',
]);

/** Our own errors and those about the request pass; everything else is masked. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (original instanceof DatabaseUnavailableError) {
    // Its address and the reason are for the operator.
    return { message: 'The database is not available', ...place, extensions: { code: original.code } };
  }
  if (original instanceof AppError) {
    const { code, details, message } = original;
    return { message, ...place, extensions: { code, ...(details !== undefined && { details }) } };
  }
  if (formatted.extensions?.validationErrorCode === ApolloServerValidationErrorCode.INTROSPECTION_DISABLED) {
    return {
      ...formatted,
      message: 'Introspection is switched off on this server (INTROSPECTION)',
    };
  }
  if (REQUEST_CODES.has(formatted.extensions?.code)) return formatted;
  if (isBadArgument(original)) return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
  if (isBadRequest(error)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

/** Whether an error is logged and masked: a fault of this program or of the database. */
export function isFault(error: GraphQLError): boolean {
  const original = unwrapResolverError(error);
  if (original instanceof AppError) return original instanceof DatabaseUnavailableError;
  return maskError(error.toJSON(), error).extensions?.code === 'INTERNAL_SERVER_ERROR';
}

/** GraphQL's own error about a value that a variable gives: null where the argument has a default but is not nullable. */
function isBadArgument(original: unknown): boolean {
  if (!(original instanceof GraphQLError) || original.extensions.code !== undefined) return false;
  return original.nodes?.some(isValueNode) ?? false;
}

/** Apollo's errors about persisted queries have a status but no code. They come before any resolver: without a path. */
function isBadRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.originalError || error.path) return false;
  return (error.extensions.http as { status?: number } | undefined)?.status === 400;
}
