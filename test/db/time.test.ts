import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toIso, toStored } from '../../src/db/tables.js';

describe('stored time', () => {
  it('is text in UTC to the millisecond', () => {
    expect(toStored('2026-01-01T00:00:00.123Z')).toBe('2026-01-01 00:00:00.123');
    expect(toStored(new Date(Date.UTC(2026, 0, 1)))).toBe('2026-01-01 00:00:00.000');
    expect(toIso('2026-01-01 00:00:00.123')).toBe('2026-01-01T00:00:00.123Z');
  });

  it('accepts other ways to write a moment', () => {
    expect(toStored('2026-01-01T12:00:00Z')).toBe('2026-01-01 12:00:00.000');
    expect(toStored('2026-01-01T00:30:00.5+01:00')).toBe('2025-12-31 23:30:00.500');
    expect(() => toStored('yesterday')).toThrow(RangeError);
  });

  it('comes back as it was stored', () => {
    const moment = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(moment, (date) => toIso(toStored(date)) === date.toISOString()));
  });
});
