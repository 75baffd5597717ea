import { setImmediate } from 'node:timers/promises';
import { createDisplayNames } from '../locales.js';
import { foldedSearchKey, nameKey, searchKey, wordsOf } from './name-key.js';
import { alpha2Code, type ReferenceFacts, referenceFacts } from './reference.js';

/**
 * The languages in which every country is found by its name, with those regional variants that have names of their own.
 * A name that several share is attributed to the first, so the most widely used come first. Where Node lacks one of them,
 * `name(locale)` does not know its names either.
 */
export const NAME_LOCALES: readonly string[] = (
  'en es fr de pt ru it zh zh-Hant ja ar hi ko nl pl tr fa id sv da nb uk el he cs hu ro vi th af am ar-LY ar-SA as ' +
  'az az-Cyrl be bg bn bn-IN br bs bs-Cyrl ca cy de-AT de-CH en-GB es-419 es-MX et eu fa-AF fi fil fo fr-BE fr-CA ' +
  'ga gl gu hr hy ig is ka kk kk-Arab km kn ky lb lo lt lv mk ml mn mr ms mt my ne nn or pa ps ps-PK pt-PT ru-UA sd ' +
  'sd-Deva si sk sl so sq sr sr-Cyrl-BA sr-Cyrl-ME sr-Cyrl-XK sr-Latn sr-Latn-BA sr-Latn-ME sr-Latn-XK sw sw-CD ' +
  'sw-KE ta te tk ur ur-IN uz uz-Cyrl yo yo-BJ zh-Hant-HK zu'
).split(' ');

interface KnownName {
  name: string;
  /** Null if its language is unknown. */
  locale: string | null;
  /** 0, for a name in CLDR, is the strongest claim to a name: see NAMES. */
  claim: number;
}

/** The names of a country in all languages, in addition to those in the database. */
export interface CountryNames {
  /** By each of its keys: see searchKey. */
  bySearchKey: ReadonlyMap<string, KnownName>;
  /** All search keys, each between two line breaks: one text is searched faster than many. */
  text: string;
  /** Folded by nameKey. */
  nameKeys: readonly string[];
}

export const NO_NAMES: CountryNames = { bySearchKey: new Map(), text: '\n', nameKeys: [] };

const countries = new Map<string, CountryNames>();
const steps = readNames();

/** By alpha-2 code. */
export function countryNames(): ReadonlyMap<string, CountryNames> {
  while (!steps.next().done);
  return countries;
}

/** The countries with the strongest claim to a name, given as a search key. Most names belong to one country alone. */
export function bearers(key: string): readonly string[] {
  const found = [...countryNames()].flatMap(([code, { bySearchKey }]) => {
    const known = bySearchKey.get(key);
    return known ? [{ code, claim: known.claim }] : [];
  });
  const strongest = Math.min(...found.map(({ claim }) => claim));
  return found.filter(({ claim }) => claim === strongest).map(({ code }) => code);
}

const SLICE_MS = 10;

/**
 * Reads the names for the first look-up that needs them, which takes about 0.2 s and 6 MB, once per process. Other
 * requests are answered meanwhile; the functions above would read them all at once.
 */
export async function prepareNames(): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  while (!steps.next().done) {
    if (performance.now() < sliceEnd) continue;
    await setImmediate();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** In steps of about a millisecond each. */
function* readNames() {
  const spellings: Spellings[] = [];
  for (const locale of NAME_LOCALES) {
    spellings.push(spellingsIn(locale));
    yield;
  }
  for (const facts of referenceFacts().values()) {
    countries.set(facts.code, namesOf(facts, spellings));
    yield;
  }
}

type Named = readonly [name: string, locale: string | null];

/**
 * The names of a country besides those in CLDR, the strongest claims first: common names in its own languages, official
 * names, other names in use, and translations of less certain origin.
 */
const NAMES: readonly ((facts: ReferenceFacts, spellings: readonly Spellings[]) => Named[])[] = [
  ({ nativeNames }) => nativeNames.map(({ name, language }) => [name, language]),
  ({ nativeNames, officialName }) => [
    [officialName, 'en'],
    ...nativeNames.map((native): Named => [native.officialName, native.language]),
  ],
  ({ code, alternateNames, searchNames }, spellings) => [
    ...spellings.map(({ locale, shortNameOf }): Named => [shortNameOf(code), locale]),
    ...(searchNames.en ?? []).map((name): Named => [name, 'en']),
    ...alternateNames.map((name): Named => [name, null]),
  ],
  ({ searchNames: { en, ...translations } }) =>
    Object.entries(translations).flatMap(([language, names]) => names.map((name): Named => [name, language])),
];

/** The claim of official names, also of those that only the database has. */
export const OFFICIAL_CLAIM = 2;

function namesOf(facts: ReferenceFacts, spellings: readonly Spellings[]): CountryNames {
  const bySearchKey = new Map<string, KnownName>();
  const [seen, nameKeys] = [new Set<string>(), new Set<string>()];
  const add = (claim: number, name: string, locale: string | null, keysOf = (key: string) => [key]) => {
    if (seen.size === seen.add(name).size) return;
    const folded = nameKey(name);
    if (nameKeys.size === nameKeys.add(folded).size) return;
    // Its words unchanged, too: "St. Lucia" begins with "st".
    for (const key of [...keysOf(foldedSearchKey(folded)), wordsOf(folded)]) {
      if (key !== '' && !bySearchKey.has(key)) bySearchKey.set(key, { name, locale, claim });
    }
  };
  for (const { locale, nameOf, keysOf } of spellings) {
    const name = nameOf(facts.code);
    if (name) add(0, name, locale, keysOf);
  }
  for (const [claim, named] of NAMES.entries()) {
    for (const [name, locale] of named(facts, spellings)) add(1 + claim, name, locale);
  }
  return { bySearchKey, text: `\n${[...bySearchKey.keys()].join('\n')}\n`, nameKeys: [...nameKeys] };
}

type Spellings = ReturnType<typeof spellingsIn>;

/** The names that `name(locale)` shows, and their keys, where "and" may also be the word of the language. */
function spellingsIn(locale: string) {
  const names = createDisplayNames('region', locale);
  const shortNames = createDisplayNames('region', locale, 'short');
  const and = ` ${searchKey(wordForAnd(locale))} `;
  return {
    locale,
    nameOf: (code: string) => names.of(code),
    /** Such as "USA"; empty where there is none. Spanish "RU" for the United Kingdom is Russia's code. */
    shortNameOf: (code: string) => {
      const short = shortNames.of(code) ?? '';
      if (short === names.of(code)) return '';
      const owner = alpha2Code(searchKey(short).toUpperCase());
      return owner !== code && referenceFacts().has(owner) ? '' : short;
    },
    keysOf: (key: string) => [key, key.replace(and, ' and '), key.replace(' and ', and)],
  };
}

/** The word between the two items of a list, such as "und". */
function wordForAnd(locale: string): string {
  return new Intl.ListFormat(locale)
    .formatToParts(['', ''])
    .map(({ value }) => value)
    .join('')
    .trim();
}
