import { LRUCache } from 'lru-cache';
import { BadUserInputError } from '../errors.js';
import { displayNames } from '../locales.js';
import type { Currency } from './currency.type.js';

type Locale = string | null | undefined;

/** In the language requested; without one, the name of the source or else of Unicode CLDR. The code if there is none. */
export function currencyName({ code, englishName }: Currency, locale: Locale): string {
  if (!locale && englishName) return englishName;
  return displayNames('currency', locale || 'en').of(code) ?? englishName ?? code;
}

/** Creating one takes 0.1 ms; the limit keeps invented language tags from filling the memory. */
const cache = new LRUCache<string, { symbol: string | null }>({ max: 5_000 });

/** In the language requested; without one, that of Unicode CLDR in English or else the stored one. */
export function currencySymbol({ code, sourceSymbol }: Currency, locale: Locale): string | null {
  const symbol = cldrSymbol(code, locale);
  return locale ? symbol : (symbol ?? sourceSymbol);
}

function cldrSymbol(code: string, locale: Locale): string | null {
  const key = `${code} ${locale || ''}`;
  const cached = cache.get(key);
  if (cached) return cached.symbol;
  const symbol = locale ? symbolIn(locale, code, ['symbol', 'narrowSymbol']) : symbolIn('en', code, ['narrowSymbol']);
  cache.set(key, { symbol });
  return symbol;
}

type Display = 'symbol' | 'narrowSymbol';

/** CLDR gives the code where it has no symbol. The symbol of the Swiss franc is its code. */
function symbolIn(locale: string, currency: string, displays: readonly Display[]): string | null {
  const found = displays.map((display) => {
    const parts = format(locale, currency, display).formatToParts(0);
    return parts.find((part) => part.type === 'currency')?.value;
  });
  return found.find((symbol) => symbol !== currency) ?? (currency === 'CHF' ? currency : null);
}

function format(locale: string, currency: string, currencyDisplay: Display) {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay });
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}
