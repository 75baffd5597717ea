import { readFileSync } from 'node:fs';
import type { NamedCredit } from '../provenance/credits.js';
import { PACKAGE_ROOT } from '../runtime.js';
import type { CountryFacts, Language } from './country.type.js';

/** Facts that no refresh fetches: see bundled/README.md. */
export interface ReferenceFacts extends Omit<CountryFacts, 'languages' | 'borderCodes'> {
  /** ISO 3166-1 alpha-2. */
  code: string;
  alpha3: string;
  officialName: string;
  /** ISO 639-3. */
  languages: { code: string; name: string }[];
  /** ISO 3166-1 alpha-2. */
  borders: string[];
  /** Names by which it is found besides those that its fields show, by language (BCP 47). */
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

/** Reading takes a few milliseconds, so that nothing here is made before it is needed. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const readFile = once(
  () => JSON.parse(readFileSync(FILE, 'utf8')) as { uses: ReferenceUse[]; records: ReferenceFacts[] },
);

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

/** Leaves a code that is not the alpha-3 code of a known country as it is. */
export function alpha2Code(code: string): string {
  return codesByAlpha3().get(code) ?? code;
}

/** What the fields of a country show of its reference facts, by alpha-2 code. */
export const countryFacts = once(
  (): ReadonlyMap<string, CountryFacts> =>
    new Map(readFile().records.map((facts) => [facts.code, toCountryFacts(facts)])),
);

function toCountryFacts(facts: ReferenceFacts): CountryFacts {
  const { code, alpha3, officialName, borders, nativeNames, languages, tender, searchNames, ...others } = facts;
  return {
    ...others,
    borderCodes: borders,
    nativeNames: nativeNames.map((name) => ({ ...name, language: languageKey(name.language) })),
    languages: languages.flatMap((language) => knownLanguages().get(languageKey(language.code)) ?? []),
  };
}

/** Of a country without reference facts. */
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
  borderCodes: [],
};

/** The languages of all countries by code, in the order of their English names. */
export const knownLanguages = once((): ReadonlyMap<string, Language> => {
  const languages = new Map<string, Language>();
  for (const country of readFile().records) {
    for (const { code: alpha3, name } of country.languages) {
      const code = languageKey(alpha3);
      const language = languages.get(code) ?? { code, alpha3, englishName: name, countryCodes: [] };
      language.countryCodes.push(country.code);
      languages.set(code, language);
    }
  }
  return new Map([...languages].sort(([, a], [, b]) => (a.englishName < b.englishName ? -1 : 1)));
});

/** The same code for `fr`, `FRA` and `fr-CH`: `fr`. */
export function languageKey(tag: string): string {
  const subtag = tag.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? '';
  const canonical = canonicalTag(subtag);
  // CLDR has some as another language in a country: Dari as the Persian of Afghanistan.
  return /^[a-z]{2,3}$/.test(canonical) ? canonical : subtag;
}

function canonicalTag(subtag: string): string {
  try {
    return Intl.getCanonicalLocales(subtag)[0] ?? subtag;
  } catch {
    return subtag;
  }
}
