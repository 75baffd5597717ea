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

/** As `displayNames`, but not kept. */
export function createDisplayNames(type: Kind, locale: string): Intl.DisplayNames {
  return inLocale(() => new Intl.DisplayNames([locale, 'en'], { type, fallback: 'none' }));
}

/** Throws BadUserInputError where Intl refuses the language tag. */
export function inLocale<T>(create: () => T): T {
  try {
    return create();
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}
