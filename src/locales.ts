import { LRUCache } from 'lru-cache';
import { BadUserInputError } from './errors.js';

type Kind = 'region' | 'currency' | 'language';

/** Creating one takes milliseconds; the limit keeps invented language tags from filling the memory. */
const cache = new LRUCache<string, Intl.DisplayNames>({ max: 200 });

/** The names of countries, currencies or languages in a language, from the Unicode CLDR that is part of Node. */
export function displayNames(type: Kind, locale: string): Intl.DisplayNames {
  const key = `${type} ${locale}`;
  const names = cache.get(key) ?? createDisplayNames(type, locale);
  cache.set(key, names);
  return names;
}

/** Like `displayNames`, but not cached. */
export function createDisplayNames(type: Kind, locale: string, style: 'long' | 'short' = 'long'): Intl.DisplayNames {
  return inLocale(() => new Intl.DisplayNames([locale, 'en'], { type, style, fallback: 'none' }));
}

type Locale = string | null | undefined;

interface CurrencyLabels {
  code: string;
  /** From the countries source. */
  englishName: string | null;
  sourceSymbol: string | null;
}

/** In the language requested; without one, the source's name or else Unicode CLDR's. The code if there is none. */
export function currencyName({ code, englishName }: CurrencyLabels, locale: Locale): string {
  if (!locale && englishName) return englishName;
  return displayNames('currency', locale || 'en').of(code) ?? englishName ?? code;
}

/** Creating one takes 0.1 ms; the limit keeps invented language tags from filling the memory. Empty if there is none. */
const symbols = new LRUCache<string, string>({ max: 5_000 });

/** In the language requested; without one, that of Unicode CLDR in English or else the stored one. */
export function currencySymbol({ code, sourceSymbol }: CurrencyLabels, locale: Locale): string | null {
  const key = `${code} ${locale || ''}`;
  const symbol = symbols.get(key) ?? cldrSymbol(code, locale);
  symbols.set(key, symbol);
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

/** Throws BadUserInputError where Intl refuses the language tag. */
function inLocale<T>(create: () => T): T {
  try {
    return create();
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}
