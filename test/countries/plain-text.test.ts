import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPlain, nameKey } from '../../src/countries/name-key.js';
import { requiredText } from '../../src/sources/validate-countries.js';

it.each(['Chad', 'Guinea-Bissau', "Lao People's Democratic Republic", 'a b c', '~', '!'])('%j is plain', (text) => {
  expect(isPlain(text)).toBe(true);
});

it.each([
  '',
  ' ',
  ' Chad',
  'Chad ',
  'a  b',
  'a\tb',
  'a\nb',
  'Chad\n',
  'Côte',
  'a\u00a0b',
  '`',
  '\u0000',
  '\u007f',
  '\ud83c',
])('%j is not', (text) => {
  expect(isPlain(text)).toBe(false);
});

const plainText = fc
  .array(fc.stringMatching(/^[!-_a-~]{1,12}$/), { minLength: 1, maxLength: 8 })
  .map((words) => words.join(' '));

it('is read and folded as it is with a letter behind it that is not', () => {
  fc.assert(
    fc.property(plainText, (text) => {
      expect(isPlain(text)).toBe(true);
      expect(isPlain(`${text}é`)).toBe(false);
      expect(`${nameKey(text)}e`).toBe(nameKey(`${text}é`));
      expect(`${requiredText('the name', text)}é`).toBe(requiredText('the name', `${text}é`));
    }),
  );
});

it('is found out in a time that grows with the length of the text alone', () => {
  const long = 'a '.repeat(1_000_000);
  expect(isPlain(long)).toBe(false);
  expect(isPlain(long.trim())).toBe(true);
});
