/** Letters that Unicode does not decompose into a base letter and an accent. */
const BASE_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  '’': "'",
  '‘': "'",
  ʼ: "'",
  '`': "'",
};
const SPECIAL = new RegExp(`[${Object.keys(BASE_LETTERS).join('')}]`, 'gu');

/** A name as look-ups and sorting see it: case and accents folded, white space collapsed. */
export function nameKey(name: string): string {
  if (isPlain(name)) return name.toLowerCase();
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => BASE_LETTERS[letter] ?? letter)
    .replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
}

/** Without the backtick, which nameKey replaces. */
const PLAIN = /^[!-_a-~]+(?: [!-_a-~]+)*$/;

/**
 * True of a line of ASCII with single blanks between its words, as most names are: it is the same in every Unicode
 * normal form, and checking it is cheaper than folding.
 */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
