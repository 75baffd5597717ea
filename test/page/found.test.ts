import { expect, test } from 'vitest';
import { foundBy } from '../../web/src/explorer/found.js';

const country = (code: string) => ({ code });
const ranked = (codes: string[]) =>
  codes.map((code) => ({ matchedName: `name of ${code}`, locale: 'de', country: country(code) }));
const HUNDRED = Array.from({ length: 100 }, (_, index) => `C${index}`);

test('a search that returns all it may return is completed: what starts with the text comes before the rest', () => {
  const found = foundBy({
    searchCountries: ranked(HUNDRED),
    starting: { nodes: [country('C1'), country('S')] },
    containing: { nodes: [country('R'), country('C1'), country('S')] },
  });
  expect(found.size).toBe(102);
  expect(found.get('C1')).toEqual({ rank: 1, name: 'name of C1', locale: 'de' });
  expect(found.get('S')).toEqual({ rank: 100, name: null, locale: null });
  expect(found.get('R')).toEqual({ rank: 101, name: null, locale: null });
});

test('a search that returns less has found all', () => {
  const found = foundBy({
    searchCountries: ranked(['CI']),
    starting: { nodes: [country('XX')] },
    containing: { nodes: [country('XX')] },
  });
  expect([...found.keys()]).toEqual(['CI']);
});
