/** With spaces or apostrophes between thousands, whatever the decimal separator is. */
const SPACED = /^[1-9]\d{0,2}( \d{3})+(?=[.,]|$)/;

/** In thousands, or in hundreds of thousands as in India. */
const GROUPED = /^[1-9](\d{0,2}(,\d{3})+|\d?(,\d\d)+,\d{3})(\.\d*)?$/;

const UNGROUPED = /^(\d+[.,]?\d*|[.,]\d+)$/;

/** As 0 to 9. Unicode has the ten digits of each script in a row. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) as number;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

/**
 * The number that was typed, in the digits of any script and with the separators of the language; NaN when it is not a
 * number. A separator that cannot separate thousands is taken for the decimal one, so that users need not know which it
 * is.
 */
export function parseAmount(text: string, locale: string): number {
  const group = new Intl.NumberFormat(locale).formatToParts(12_345).find(({ type }) => type === 'group')?.value;
  const canonical = (character: string) => {
    if (/[\s'’]/.test(character)) return ' ';
    if (character === group || character === '٬') return ',';
    if (character === ',' || character === '٫') return '.';
    return /\p{Nd}/u.test(character) ? asciiDigit(character) : character;
  };
  // Formatting characters are invisible: Arabic and Hebrew have them beside the sign.
  const typed = [...text.replace(/\p{Cf}/gu, '').trim()].map(canonical).join('');
  const [, sign = '', size = ''] = /^([-−+]?) ?(.*)$/.exec(typed) ?? [];
  const plain = size.replace(SPACED, (spaced) => spaced.replaceAll(' ', ''));
  if (!GROUPED.test(plain) && !UNGROUPED.test(plain)) return Number.NaN;
  const amount = Number(GROUPED.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.'));
  return /[-−]/.test(sign) ? -amount : amount;
}
