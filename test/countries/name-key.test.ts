import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameKey } from '../../src/countries/name-key.js';

it.each([
  ['Côte d’Ivoire', "cote d'ivoire"],
  ['  Åland   Islands ', 'aland islands'],
  ['Türkiye', 'turkiye'],
  ['São Tomé and Príncipe', 'sao tome and principe'],
  ['Curaçao', 'curacao'],
  ['Færøerne', 'faeroerne'],
  ['ΕΛΛΆΔΑ', 'ελλαδα'],
])('%s is looked up as %s', (name, key) => {
  expect(nameKey(name)).toBe(key);
});

it('is its own key and has no space around it, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
      const key = nameKey(name);
      expect(nameKey(key)).toBe(key);
      expect(key.trim()).toBe(key);
    }),
  );
});
