import { expect, test } from 'vitest';
import { parseAmount } from '../../web/src/convert/amount.js';

test.each([
  ['en-GB', '12,345', 12_345],
  ['en-GB', '1,5', 1.5],
  ['en-IN', '1,50,000', 150_000],
  ['de-DE', '1.234,5', 1234.5],
  ['de-DE', '0.125', 0.125],
  ['de-CH', '1’234.5', 1234.5],
  ['fr-FR', '12 345,5', 12_345.5],
  ['ar-EG', '١٬٢٣٤٫٥', 1234.5],
  ['en-GB', '-1,234', -1234],
  ['en-GB', '−5', -5],
  ['de-DE', '-1.234', -1234],
  ['sv-SE', '−1 234,5', -1234.5],
  ['he-IL', '\u200e-1,234.5', -1234.5],
  ['en-GB', '1 234,5', 1234.5],
  ['en-GB', '٣٤٫٥', 34.5],
  ['en-GB', '१२', 12],
  ['en-GB', '𝟗𝟘', 90],
  ['en-GB', '1,234,56', Number.NaN],
  ['en-IN', '1,234,56,789', Number.NaN],
  ['en-GB', '12 34', Number.NaN],
  ['en-GB', '0x10', Number.NaN],
  ['en-GB', '0b11', Number.NaN],
  ['en-GB', '1e3', Number.NaN],
  ['en-GB', '--5', Number.NaN],
  ['en-GB', '5²', Number.NaN],
  ['en-GB', '-', Number.NaN],
  ['en-GB', 'much', Number.NaN],
  ['en-GB', '', Number.NaN],
])('an amount as it is written in %s: %s', (locale, typed, amount) => {
  expect(parseAmount(typed, locale)).toBe(amount);
});
