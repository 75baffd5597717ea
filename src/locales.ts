import { BadUserInputError } from './errors.js';

type Kind = 'region' | 'currency' | 'language';

/** Making one costs milliseconds and there are only so many languages; the bound keeps invented tags from piling up. */
const MAX_KEPT = 200;
const kept = new Map<string, Intl.DisplayNames>();

/** The names of countries, currencies or languages in a language, from the Unicode CLDR that Node brings along. */
export function displayNames(kind: Kind, locale: string): Intl.DisplayNames {
  const key = `${kind} ${locale}`;
  const known = kept.get(key);
  if (known) return known;
  const made = make(kind, locale);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, made);
  return made;
}

function make(kind: Kind, locale: string): Intl.DisplayNames {
  try {
    return new Intl.DisplayNames([locale, 'en'], { type: kind, fallback: 'none' });
  } catch {
    throw new BadUserInputError(`locale must be a BCP 47 language tag such as "fr" or "pt-BR"`);
  }
}
