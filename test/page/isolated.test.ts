import { expect, test } from 'vitest';
import { isolated } from '../../web/src/isolated.js';

const DAY = new Date('2026-11-27T08:00:00Z');
const day = (locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(DAY);

test.each(['ar', 'he', 'fa', 'ur', 'ps', 'ckb'])('a day in %s is kept together in an English sentence', (locale) => {
  expect(isolated(day(locale))).toBe(`\u2068${day(locale)}\u2069`);
});

test.each(['en-GB', 'de-CH', 'ja', 'hi', 'el'])('a day in %s gets no invisible marks', (locale) => {
  expect(isolated(day(locale))).toBe(day(locale));
});

test('an Arabic amount is kept together, and a number in European digits is left alone', () => {
  expect(isolated('١٫٠٤ ترليون')).toBe('\u2068١٫٠٤ ترليون\u2069');
  expect(isolated('-1,234.5')).toBe('-1,234.5');
});
