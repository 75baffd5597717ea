import { LRUCache } from 'lru-cache';
import { displayNames, inLocale } from '../locales.js';
import type { Currency } from './currency.type.js';

type Locale = string | null | undefined;

/** In the language requested; without one, the name of the source or else of Unicode CLDR. The code if there is none. */
export function currencyName({ code, englishName }: Currency, locale: Locale): string {
  if (!locale && englishName) return englishName;
  return displayNames('currency', locale || 'en').of(code) ?? englishName ?? code;
}

/** Creating one takes 0.1 ms; the limit keeps invented language tags from filling the memory. Empty without a symbol. */
const cache = new LRUCache<string, string>({ max: 5_000 });

/** In the language requested; without one, that of Unicode CLDR in English or else the stored one. */
export function currencySymbol({ code, sourceSymbol }: Currency, locale: Locale): string | null {
  const key = `${code} ${locale || ''}`;
  const symbol = cache.get(key) ?? cldrSymbol(code, locale);
  cache.set(key, symbol);
  return symbol || (locale ? null : sourceSymbol);
}

/** CLDR gives the code where it has no symbol. The symbol of the Swiss franc is its code. */
function cldrSymbol(currency: string, locale: Locale): string {
  const displays = locale ? (['symbol', 'narrowSymbol'] as const) : (['narrowSymbol'] as const);
  const found = displays.map((currencyDisplay) => {
    const options = { style: 'currency', currency, currencyDisplay } as const;
    const parts = inLocale(() => new Intl.NumberFormat(locale || 'en', options)).formatToParts(0);
    return parts.find(({ type }) => type === 'currency')?.value;
  });
  return found.find((symbol) => symbol !== currency) ?? (currency === 'CHF' ? currency : '');
}
