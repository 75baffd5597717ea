import { BadUserInputError } from '../errors.js';
import type { Currency } from './currency.type.js';

/** Making one costs a tenth of a millisecond; the bound keeps invented tags from piling up. */
const MAX_KEPT = 5_000;
const kept = new Map<string, string | null>();

/** The sign in the language asked for; without one as the source tells it, else as Unicode CLDR has it in English. */
export function currencySymbol({ code, sourceSymbol }: Currency, locale?: string): string | null {
  if (locale === undefined && sourceSymbol) return sourceSymbol;
  const key = `${code} ${locale ?? ''}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const symbol =
    locale === undefined ? symbolIn('en', code, 'narrowSymbol') : symbolIn(locale, code, 'symbol');
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, symbol);
  return symbol;
}

/** Where CLDR knows no sign it shows the code, which is none. The franc of Switzerland is written as its code. */
function symbolIn(locale: string, currency: string, display: 'symbol' | 'narrowSymbol'): string | null {
  const parts = format(locale, currency, display).formatToParts(0);
  const symbol = parts.find((part) => part.type === 'currency')?.value ?? currency;
  return symbol === currency && currency !== 'CHF' ? null : symbol;
}

function format(locale: string, currency: string, currencyDisplay: 'symbol' | 'narrowSymbol') {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay });
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}
