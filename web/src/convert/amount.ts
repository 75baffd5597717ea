/** In thousands, or in hundreds of thousands as in India. */
const GROUPED = /^[1-9]\d{0,2}(,\d{2,3})*,\d{3}(?!\d)/;

/**
 * The number that was typed, in the digits and with the separators of the language; NaN when it is not a number. A
 * separator that cannot separate thousands is taken for the decimal one, so that users need not know which it is.
 */
export function parseAmount(text: string, locale: string): number {
  const digits = [...new Intl.NumberFormat(locale, { useGrouping: false }).format(9_876_543_210)].reverse();
  const group = new Intl.NumberFormat(locale).formatToParts(12_345).find(({ type }) => type === 'group')?.value;
  const canonical = (character: string) => {
    if (character === group) return ',';
    if (character === ',' || character === '٫') return '.';
    return digits.includes(character) ? String(digits.indexOf(character)) : character;
  };
  const plain = [...text.replace(/[\s'’]/g, '')].map(canonical).join('');
  if (plain === '') return Number.NaN;
  return Number(GROUPED.test(plain) ? plain.replaceAll(',', '') : plain.replace(',', '.'));
}
