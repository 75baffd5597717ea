import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError, SourceUnavailableError } from '../../../src/errors.js';
import {
  RefreshCancelledError,
  RefreshTakenOverError,
  stoppedError,
} from '../../../src/refresh/refresh-errors.js';
import { fromPlain, toPlain } from '../../../src/refresh/thread/plain-error.js';

describe('an error that another thread is told of', () => {
  it.each([
    ['a source', new SourceUnavailableError('currency-api', 'it is asleep')],
    ['the database', new DatabaseUnavailableError('mysql://h does not answer')],
    ['a cancelled refresh', new RefreshCancelledError()],
    ['a stopped process', stoppedError()],
    ['a lost lease', new RefreshTakenOverError()],
    ['a fault', new TypeError('x is not a function')],
  ])('says the same: %s', (_, error) => {
    const told = fromPlain(structuredClone(toPlain(error)));
    const { name, message, stack } = error;
    expect(told).toMatchObject({ name, message, stack });
    for (const key of ['code', 'details'] as const) expect(told[key as never]).toBe(error[key as never]);
  });

  it('is of the classes by which it is masked and logged', () => {
    expect(fromPlain(toPlain(new DatabaseUnavailableError('?')))).toBeInstanceOf(DatabaseUnavailableError);
    expect(fromPlain(toPlain(new RefreshCancelledError()))).toBeInstanceOf(RefreshCancelledError);
  });

  it('brings what lies behind it, whatever that holds', () => {
    const refused = Object.assign(new Error('refused'), { socket: { write: () => undefined } });
    const cause = new TypeError('fetch failed', { cause: refused });
    const told = fromPlain(structuredClone(toPlain(new SourceUnavailableError('a', 'b', cause))));
    expect(told.cause).toMatchObject({ name: 'TypeError', message: 'fetch failed', stack: cause.stack });
    expect((told.cause as Error).cause).toMatchObject({ name: 'Error', message: 'refused' });
  });

  it('comes to an end where one lies behind itself', () => {
    const error = new Error('round');
    error.cause = error;
    expect(fromPlain(structuredClone(toPlain(error))).message).toBe('round');
  });

  it('is one even where something else was thrown', () => {
    expect(fromPlain(structuredClone(toPlain({ odd: () => undefined }))).message).toBe('[object Object]');
  });
});
