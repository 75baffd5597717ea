import { readFileSync } from 'node:fs';
import type { NamedCredit } from '../provenance/credits.js';
import { PACKAGE_ROOT } from '../runtime.js';
import type { CountryFacts, Language } from './country.type.js';
import { nameKey } from './name-key.js';

/** Facts that no refresh fetches: see bundled/README.md. */
export interface ReferenceFacts extends Omit<CountryFacts, 'languages' | 'borderCodes'> {
  /** ISO 3166-1 alpha-2. */
  code: string;
  alpha3: string;
  /** ISO 3166-1 numeric. Null for Kosovo, which has none. */
  numeric: string | null;
  /** The common name in English, and the capitals, whatever the source of the countries calls them. */
  name: string;
  capitals: string[];
  officialName: string;
  /** The codes of Unicode CLDR. */
  languages: string[];
  /** ISO 3166-1 alpha-2. */
  borders: string[];
  /** Further names that look-ups accept, besides those in its fields, by language (BCP 47). */
  searchNames: Record<string, string[]>;
  /** In CLDR's order; none for Antarctica. */
  tender: Tender[];
}

/** A currency that is or was legal tender of a country, with its first and last day. */
export interface Tender {
  code: string;
  from: string;
  /** Null where no end is known. */
  to: string | null;
}

export interface ReferenceLanguage {
  /** As Unicode CLDR writes it. */
  code: string;
  /** ISO 639-3. */
  alpha3: string;
  /** In English. */
  name: string;
  /** For a macrolanguage: those of its languages that a country has. */
  members?: string[];
}

/** Where the facts came from, for citations. */
export interface ReferenceUse {
  source: string;
  url: string;
  observedAt: string | null;
  licence: string;
  attribution: string;
  bundled: boolean;
}

const FILE = new URL('bundled/reference.json', PACKAGE_ROOT);

/** Reading the file takes a few milliseconds, so nothing here is made before it is needed. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface ReferenceFile {
  uses: ReferenceUse[];
  /** For currencies without an English symbol in Unicode CLDR. */
  symbols: Record<string, string>;
  languages: ReferenceLanguage[];
  records: ReferenceFacts[];
}

const readFile = once(() => JSON.parse(readFileSync(FILE, 'utf8')) as ReferenceFile);

/** The terms of their sources, for citations. */
export const referenceCredits = once((): NamedCredit[] =>
  readFile().uses.map(({ source: name, licence, attribution }) => {
    return { name, licence, attribution, shareAlike: licence === 'ODbL-1.0' };
  }),
);

/** By alpha-2 code. */
export const referenceFacts = once(
  (): ReadonlyMap<string, ReferenceFacts> => new Map(readFile().records.map((facts) => [facts.code, facts])),
);

const codesByAlpha3 = once(() => new Map(readFile().records.map(({ alpha3, code }) => [alpha3, code])));

/** Returns anything but the alpha-3 code of a known country unchanged. */
export function alpha2Code(code: string): string {
  return codesByAlpha3().get(code) ?? code;
}

/** Codes by English name, folded by nameKey: a common name goes before official names, and those before others. */
export const codesByName = once((): ReadonlyMap<string, string> => {
  const codes = new Map<string, string>();
  const kinds = [
    ({ name }: ReferenceFacts) => [name],
    ({ officialName }: ReferenceFacts) => [officialName],
    ({ searchNames }: ReferenceFacts) => searchNames.en ?? [],
  ];
  for (const namesOf of kinds) {
    for (const facts of readFile().records) {
      for (const key of namesOf(facts).map(nameKey)) if (!codes.has(key)) codes.set(key, facts.code);
    }
  }
  return codes;
});

/** The reference facts that the fields of a country show, by alpha-2 code. */
export const countryFacts = once(
  (): ReadonlyMap<string, CountryFacts> =>
    new Map(readFile().records.map((facts) => [facts.code, toCountryFacts(facts)])),
);

function toCountryFacts(facts: ReferenceFacts): CountryFacts {
  const { code, alpha3, numeric, name, capitals, officialName, borders, languages, tender, searchNames, ...others } =
    facts;
  return {
    ...others,
    borderCodes: borders,
    languages: languages.flatMap((language) => allLanguages().get(language) ?? []),
  };
}

/** For a country without reference facts. */
export const NO_FACTS: CountryFacts = {
  alternateNames: [],
  nativeNames: [],
  demonym: null,
  languages: [],
  callingCodes: [],
  topLevelDomains: [],
  latitude: null,
  longitude: null,
  landlocked: null,
  independent: null,
  unMember: null,
  timezones: [],
  postalCodeFormat: null,
  borderCodes: [],
};

/** Null for a currency that Unicode CLDR has a symbol for in English, and for an unknown one. */
export function referenceSymbol(currency: string): string | null {
  return readFile().symbols[currency] ?? null;
}

/** The languages of all countries, and the macrolanguages of these, by code. */
const allLanguages = once((): ReadonlyMap<string, Language> => {
  const countryCodes = new Map<string, string[]>();
  for (const { code, languages } of readFile().records) {
    for (const language of languages) countryCodes.set(language, [...(countryCodes.get(language) ?? []), code]);
  }
  const codesOf = (languages: string[]) => [...new Set(languages.flatMap((code) => countryCodes.get(code) ?? []))];
  return new Map(
    readFile().languages.map(({ code, alpha3, name, members = [] }) => {
      const language = { id: code, code, alpha3, englishName: name, memberCodes: members };
      return [code, { ...language, isSpoken: countryCodes.has(code), countryCodes: codesOf([code, ...members]) }];
    }),
  );
});

/** The languages of all countries, in the order of their English names. */
export const knownLanguages = once((): readonly Language[] =>
  [...allLanguages().values()]
    .filter(({ isSpoken }) => isSpoken)
    .sort((a, b) => (a.englishName < b.englishName ? -1 : 1)),
);

/** The same language for `fr`, `FRA` and `fr-CH`, and macrolanguages such as `no` as well. Null if no country has it. */
export function findLanguage(tag: string): Language | null {
  const subtag = tag.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? '';
  // CLDR treats some as another language in one country: Dari is the Persian of Afghanistan.
  const canonical = canonicalTag(subtag).split('-', 1)[0] ?? subtag;
  return allLanguages().get(subtag) ?? allLanguages().get(canonical) ?? null;
}

/** The code, and those of the members of a macrolanguage; none for an unknown language. */
export function languageCodes(tag: string): string[] {
  const language = findLanguage(tag);
  return language ? [language.code, ...language.memberCodes] : [];
}

function canonicalTag(subtag: string): string {
  try {
    return Intl.getCanonicalLocales(subtag)[0] ?? subtag;
  } catch {
    return subtag;
  }
}
