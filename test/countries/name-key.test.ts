import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameKey, searchKey } from '../../src/countries/name-key.js';
import { requiredText } from '../../src/sources/validate-countries.js';

it.each([
  ['Côte d’Ivoire', "cote d'ivoire"],
  ['  Åland   Islands ', 'aland islands'],
  ['Türkiye', 'turkiye'],
  ['São Tomé and Príncipe', 'sao tome and principe'],
  ['Curaçao', 'curacao'],
  ['Færøerne', 'faeroerne'],
  ['ΕΛΛΆΔΑ', 'ελλαδα'],
  ['Κύπρος', 'κυπροσ'],
  ['ΚΥΠΡΟΣ', 'κυπροσ'],
  ['Oʻzbekiston', "o'zbekiston"],
  ['O´zbekiston', "o'zbekiston"],
  ['Guinea–Bissau', 'guinea-bissau'],
  ['ド', 'ド'.normalize('NFD')],
  ['टोगो', 'टोगो'],
  ['لُبْنَان', 'لبنان'],
  ['אָנְדּוֹרָה', 'אנדורה'],
  ['Ghana\u200b\u200f', 'ghana'],
])('%s is looked up as %s', (name, key) => {
  expect(nameKey(name)).toBe(key);
});

it.each([
  ['Bosnia & Herzegovina', 'Bosnia and Herzegovina'],
  ['Bosnia&Herzegovina', 'bosnia and herzegovina'],
  ['St. Lucia', 'Saint Lucia'],
  ['St Lucia', 'Sankt Lucia'],
  ['S:t Lucia', 'saint lucia'],
  ['Sint-Maarten', 'Saint Maarten'],
  ['Congo - Kinshasa', 'Congo-Kinshasa'],
  ['Guinea Bissau', 'Guinea‑Bissau'],
  ["Cote d'Ivoire", 'Côte d’Ivoire'],
  ['Cote dIvoire', 'Côte d‘Ivoire'],
  ['Hong Kong S.A.R.', 'Hong Kong SAR'],
  ['The Gambia', 'gambia'],
  ['サン・マルタン', 'サンマルタン'],
])('%s is looked up as %s is', (one, other) => {
  expect(searchKey(one)).toBe(searchKey(other));
});

it.each([
  ['West Indies', 'Wesaint Indies'],
  ['St', 'Saint'],
  ['The', ''],
  ['سن مارتن', 'سنمارتن'],
])('%s is not looked up as %s is', (one, other) => {
  expect(searchKey(one)).not.toBe(searchKey(other));
});

const plainText = fc
  .array(fc.stringMatching(/^[!-_a-~]{1,12}$/), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '));

it('is read as it is and only its case is folded, if it is a line of ASCII with single spaces', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      expect(nameKey(text)).toBe(text.toLowerCase());
      expect(`${nameKey(text)}e`).toBe(nameKey(`${text}é`));
      expect(requiredText('the name', text)).toBe(text);
      expect(`${requiredText('the name', text)}é`).toBe(requiredText('the name', `${text}é`));
    }),
  );
});

it('is folded in a time that grows only with the length of the text', () => {
  const long = 'a '.repeat(1_000_000);
  expect(nameKey(long)).toBe(long.trim());
});

it('is its own key and has no space around it, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
      for (const keyOf of [nameKey, searchKey]) {
        const key = keyOf(name);
        expect(keyOf(key)).toBe(key);
        expect(key.trim()).toBe(key);
      }
    }),
  );
});
