/** Letters that Unicode does not decompose into a base letter and an accent, and two forms of one letter. */
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
  ς: 'σ',
};
const SPECIAL = new RegExp(`[${Object.keys(BASE_LETTERS).join('')}]`, 'gu');

/** As keyboards and alphabets have them: the accent `, quotation marks, primes, letters such as the Hawaiian ʻ. */
const APOSTROPHES = /[`\u02b9-\u02bd\u02c8\u02ca\u02cb\u055a\u05f3\u2018\u2019\u201b\u2032\u2035\ua78c]/g;

const DASHES = /[\u2010-\u2015\u2212]/g;

/**
 * Accents of all scripts, vowel points and invisible characters. Marks of a single script stay, such as the vowels of
 * Indian scripts, and so do the two that turn a Japanese ト into a ド.
 */
const ACCENTS = /(?![\u3099\u309a])\p{Script=Inherited}|[\u0591-\u05c7]|\p{Default_Ignorable_Code_Point}/gu;

/** A name as filters and sorting see it: case and accents folded, white space collapsed. */
export function nameKey(name: string): string {
  return oneLine(
    name
      // The accent alone would be decomposed into a blank and an accent.
      .replaceAll('\u00b4', "'")
      .normalize('NFKD')
      .replace(ACCENTS, '')
      .replace(APOSTROPHES, "'")
      .toLowerCase()
      .replace(SPECIAL, (letter) => BASE_LETTERS[letter] ?? letter)
      .replace(DASHES, '-'),
  );
}

/** White space and control characters collapsed. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim();
}

/** A name as look-ups see it: its words without punctuation, "St." as "saint", and without "the" before them. */
export function searchKey(name: string): string {
  return foldedSearchKey(nameKey(name));
}

/** A name with its last words first, as sorted lists have it: "Gambia, The", "Korea (the Republic of)". */
export function uninverted(name: string): string | null {
  const [, noun, before] = /^([^,(]+)[,(]([^,()]+)\)?$/.exec(name.trim()) ?? [];
  return noun && before ? `${before} ${noun}` : null;
}

/** The search key of a name that nameKey has folded. */
export function foldedSearchKey(folded: string): string {
  return wordsOf(folded)
    .replace(/(?<![^ ])(?:ste?|sankt|sint)(?= )/g, 'saint')
    .replace(/^(?:the )+(?=.)/, '');
}

/** Of a name that nameKey has folded. */
export function wordsOf(folded: string): string {
  if (!/[^\p{L}\p{M}\p{N} ]/u.test(folded)) return folded;
  return folded
    .replaceAll('&', ' and ')
    .replace(/['".:\u05f4\u30fb]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
