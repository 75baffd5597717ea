import { expect, test } from 'vitest';
import { formatCount, formatDollars, formatInstant } from '../../src/summary/text.js';

test.each([
  [30_615_743_000_000, '$30.6 tn'],
  [5_050_000_000_000, '$5.05 tn'],
  [1_000_000_000_000, '$1.00 tn'],
  [999_700_000_000, '$1.00 tn'],
  [86_900_000_000, '$86.9 bn'],
  [62_280_000, '$62.3 m'],
  [4_321, '$4.32 k'],
  [12, '$12.0'],
  [0, '$0.00'],
])('%d dollars are written %s', (dollars, text) => {
  expect(formatDollars(dollars)).toBe(text);
});

test('A large count is grouped', () => {
  expect(formatCount(1234)).toBe('1,234');
});

test.each([
  ['2026-11-22T14:05:09.123Z', '22 November 2026, 14:05 UTC'],
  ['2026-01-01T00:00:00+02:00', '31 December 2025, 22:00 UTC'],
  ['2026-03-05T00:07:59Z', '5 March 2026, 00:07 UTC'],
])('%s is written %s', (iso, text) => {
  expect(formatInstant(iso)).toBe(text);
});
