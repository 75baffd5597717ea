import { LRUCache } from 'lru-cache';
import { BadUserInputError } from './errors.js';

type Kind = 'region' | 'currency' | 'language';

/**
 * The languages in which every country is found by its name, and those of their regional variants that have names of
 * their own. The first that has a name stands for all that share it, so the most widely used come first. Node may lack
 * one of them; its names are then unknown to `name(locale)` as well.
 */
export const NAME_LOCALES: readonly string[] = (
  'en es fr de pt ru it zh zh-Hant ja ar hi ko nl pl tr fa id sv da nb uk el he cs hu ro vi th af am ar-LY ar-SA as ' +
  'az az-Cyrl be bg bn bn-IN br bs bs-Cyrl ca cy de-AT de-CH en-GB es-419 es-MX et eu fa-AF fi fil fo fr-BE fr-CA ' +
  'ga gl gu hr hy ig is ka kk kk-Arab km kn ky lb lo lt lv mk ml mn mr ms mt my ne nn or pa ps ps-PK pt-PT ru-UA sd ' +
  'sd-Deva si sk sl so sq sr sr-Cyrl-BA sr-Cyrl-ME sr-Cyrl-XK sr-Latn sr-Latn-BA sr-Latn-ME sr-Latn-XK sw sw-CD ' +
  'sw-KE ta te tk ur ur-IN uz uz-Cyrl yo yo-BJ zh-Hant-HK zu'
).split(' ');

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
  try {
    return new Intl.DisplayNames([locale, 'en'], { type, fallback: 'none' });
  } catch {
    throw new BadUserInputError('locale must be a BCP 47 language tag such as "fr" or "pt-BR"');
  }
}

/** The word between the two items of a list, such as "und". */
export function wordForAnd(locale: string): string {
  return new Intl.ListFormat(locale)
    .formatToParts(['', ''])
    .map(({ value }) => value)
    .join('')
    .trim();
}
