import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { AppError, DatabaseUnavailableError } from '../../src/errors.js';
import { isFault, maskError } from '../../src/graphql/mask-error.js';

const asGraphql = (originalError: Error) => new GraphQLError(originalError.message, { originalError, path: ['x'] });
const masked = (error: Error) => maskError(asGraphql(error).toJSON(), asGraphql(error));

describe('masking', () => {
  it('tells a client nothing about a fault', () => {
    const error = new Error('secret');
    expect(masked(error)).toEqual({
      message: 'Internal server error',
      path: ['x'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(isFault(asGraphql(error))).toBe(true);
  });

  it('tells a client that the database is unavailable, and the log where it is', () => {
    const error = new DatabaseUnavailableError('Nothing listens at db.internal:3306');
    expect(JSON.stringify(masked(error))).not.toContain('db.internal');
    expect(masked(error).extensions).toEqual({ code: 'DATABASE_UNAVAILABLE' });
    expect(isFault(asGraphql(error))).toBe(true);
  });

  it('passes on what is meant for the client', () => {
    const error = new AppError('NOT_FOUND', 'There is no country "ZZ"');
    expect(masked(error)).toMatchObject({ message: error.message, extensions: { code: 'NOT_FOUND' } });
    expect(isFault(asGraphql(error))).toBe(false);
  });
});
