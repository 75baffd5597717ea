import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../errors.js';

/** Our own errors and those of GraphQL itself pass as they are; of everything else the client learns nothing. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (original instanceof AppError) {
    const { code, details, message } = original;
    return { message, ...place, extensions: { code, ...(details !== undefined && { details }) } };
  }
  if (!isUnexpected(error)) return formatted;
  return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

/** Whether an error is a fault of ours, which belongs in the log and not in the answer. */
export function isUnexpected(error: unknown): boolean {
  const original = unwrapResolverError(error);
  if (original instanceof AppError) return false;
  return !(original instanceof GraphQLError) || original.originalError !== undefined;
}
