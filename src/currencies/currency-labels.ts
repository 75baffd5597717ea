import { BadUserInputError } from '../errors.js';
import { displayNames } from '../locales.js';
import type { Currency } from './currency.type.js';

/** The name in the language asked for; in English as the source tells it, else as Unicode CLDR has it, else the code. */
export function currencyName({ code, englishName }: Currency, locale?: string): string {
  if (locale === undefined && englishName) return englishName;
  return displayNames('currency', locale ?? 'en').of(code) ?? englishName ?? code;
}

type Way = 'symbol' | 'narrowSymbol';

/** The sign that tells it from others, or the short one where the language would write the code. */
const WAYS: readonly Way[] = ['symbol', 'narrowSymbol'];

/** Making one costs a tenth of a millisecond; the bound keeps invented tags from piling up. */
const MAX_KEPT = 5_000;
const kept = new Map<string, string | null>();

/** The sign in the language asked for; without one as the source tells it, else as Unicode CLDR has it in English. */
export function currencySymbol({ code, sourceSymbol }: Currency, locale?: string): string | null {
  if (locale === undefined && sourceSymbol) return sourceSymbol;
  const key = `${code} ${locale ?? ''}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const symbol = locale === undefined ? symbolIn('en', code, ['narrowSymbol']) : symbolIn(locale, code, WAYS);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, symbol);
  return symbol;
}

/** Where CLDR knows no sign it shows the code, which is none. The franc of Switzerland is written as its code. */
function symbolIn(locale: string, currency: string, ways: readonly Way[]): string | null {
  const symbols = ways.map((way) => {
    const parts = format(locale, currency, way).formatToParts(0);
    return parts.find((part) => part.type === 'currency')?.value;
  });
  return symbols.find((symbol) => symbol !== currency) ?? (currency === 'CHF' ? currency : null);
}

function format(locale: string, currency: string, currencyDisplay: Way) {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay });
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}
