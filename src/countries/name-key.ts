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

/** What the column holds. */
const MAX_LENGTH = 255;

/**
 * A name as look-ups and sorting see it: case and accents folded, white space collapsed, and no character that sorts
 * before the blank, with which some databases fill text up before they compare it.
 * Computed here and stored, because every database folds differently.
 */
export function nameKey(name: string): string {
  const folded = isPlain(name) ? name.toLowerCase() : fold(name);
  return folded.length <= MAX_LENGTH ? folded : Array.from(folded).slice(0, MAX_LENGTH).join('').trim();
}

function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => BASE_LETTERS[letter] ?? letter)
    .replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ')
    .trim();
}

/** What the column of the capitals holds. */
const MAX_CAPITALS_LENGTH = 1024;

/** The capitals folded, each between line feeds, which no folded name contains; null when there is none. */
export function capitalsKey(capitals: readonly string[]): string | null {
  const keys = capitals.map(nameKey).filter((key) => key !== '');
  let whole = '\n';
  for (const key of keys) {
    if (Array.from(whole + key).length < MAX_CAPITALS_LENGTH) whole += `${key}\n`;
  }
  return whole === '\n' ? null : whole;
}

/** Without the backtick, which a name key writes otherwise. */
const PLAIN = /^[!-_a-~]+(?: [!-_a-~]+)*$/;

/**
 * True of a line of ASCII with single blanks between its words: as it is in every Unicode normal form, without marks,
 * control characters and white space to be collapsed. Most names are, and to know it is cheaper than to fold them.
 */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
