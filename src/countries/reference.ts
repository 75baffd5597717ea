import { readFileSync } from 'node:fs';
import { displayNames } from '../locales.js';
import { PACKAGE_ROOT } from '../runtime.js';
import type { CountryFacts } from './country.type.js';

/** What no refresh brings: see bundled/README.md. */
export interface ReferenceFacts {
  /** ISO 3166-1 alpha-2. */
  code: string;
  alpha3: string;
  officialName: string;
  alternateNames: string[];
  nativeNames: { language: string; name: string; officialName: string }[];
  demonym: string | null;
  /** ISO 639-3. */
  languages: { code: string; name: string }[];
  /** ISO 3166-1 alpha-2. */
  borders: string[];
  callingCodes: string[];
  topLevelDomains: string[];
  latitude: number;
  longitude: number;
  landlocked: boolean;
  independent: boolean | null;
  unMember: boolean;
  /** Folded by nameKey: all names in English and other languages that no other country has a better claim to. */
  searchNames: string[];
}

const FILE = new URL('bundled/reference.json', PACKAGE_ROOT);

/** Where the facts came from, for those who cite them. */
interface ReferenceUse {
  source: string;
  url: string;
  observedAt: string | null;
  licence: string;
  attribution: string;
  bundled: boolean;
}

let file: { use: ReferenceUse; records: ReferenceFacts[] } | undefined;
let byCode: ReadonlyMap<string, ReferenceFacts> | undefined;
let byAlpha3: ReadonlyMap<string, string> | undefined;
let byName: ReadonlyMap<string, string> | undefined;

export function referenceUse(): ReferenceUse {
  return read().use;
}

/** By alpha-2 code. */
export function referenceFacts(): ReadonlyMap<string, ReferenceFacts> {
  byCode ??= new Map(read().records.map((facts) => [facts.code, facts]));
  return byCode;
}

/** The codes as alpha-2; what is neither alpha-2 nor the alpha-3 of a known country stays as it is. */
export function alpha2Codes(codes: readonly string[]): string[] {
  byAlpha3 ??= new Map([...referenceFacts().values()].map(({ alpha3, code }) => [alpha3, code]));
  return codes.map((code) => byAlpha3?.get(code) ?? code);
}

/** The country that a folded name belongs to. */
export function codeOfName(key: string): string | undefined {
  byName ??= new Map(
    [...referenceFacts().values()].flatMap(({ code, searchNames }) => searchNames.map((it) => [it, code])),
  );
  return byName.get(key);
}

/** Read when it is first asked for, which takes a few milliseconds. */
function read() {
  file ??= JSON.parse(readFileSync(FILE, 'utf8')) as { use: ReferenceUse; records: ReferenceFacts[] };
  return file;
}

const NOTHING: CountryFacts = {
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
  searchNames: [],
};

let made: ReadonlyMap<string, CountryFacts> | undefined;

/** The facts of a country as its fields show them. */
export function countryFacts(code: string): CountryFacts {
  made ??= new Map([...referenceFacts()].map(([key, facts]) => [key, shown(facts)]));
  return made.get(code) ?? NOTHING;
}

function shown(facts: ReferenceFacts): CountryFacts {
  return {
    alternateNames: facts.alternateNames,
    nativeNames: facts.nativeNames.map((name) => ({ ...name, language: languageKey(name.language) })),
    demonym: facts.demonym,
    languages: facts.languages.flatMap(({ code }) => knownLanguages().get(languageKey(code)) ?? []),
    callingCodes: facts.callingCodes,
    topLevelDomains: facts.topLevelDomains,
    latitude: facts.latitude,
    longitude: facts.longitude,
    landlocked: facts.landlocked,
    independent: facts.independent,
    unMember: facts.unMember,
    borderCodes: facts.borders,
    searchNames: facts.searchNames,
  };
}

export interface KnownLanguage {
  /** BCP 47: ISO 639-1 where there is one, else ISO 639-3. */
  code: string;
  alpha3: string;
  englishName: string;
  /** By code. */
  countries: string[];
}

let known: ReadonlyMap<string, KnownLanguage> | undefined;

/** The languages of all countries by their code, in the order of their English names. */
export function knownLanguages(): ReadonlyMap<string, KnownLanguage> {
  known ??= collect([...referenceFacts().values()]);
  return known;
}

function collect(facts: ReferenceFacts[]): Map<string, KnownLanguage> {
  const languages = new Map<string, KnownLanguage>();
  for (const country of facts) {
    for (const { code: alpha3, name } of country.languages) {
      const code = languageKey(alpha3);
      const language = languages.get(code) ?? { code, alpha3, englishName: name, countries: [] };
      language.countries.push(country.code);
      languages.set(code, language);
    }
  }
  return new Map([...languages].sort(([, a], [, b]) => (a.englishName < b.englishName ? -1 : 1)));
}

/** One code for each language, however it is given: `fr`, `FRA` and `fr-CH` are all `fr`. */
export function languageKey(tag: string): string {
  const subtag = tag.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? '';
  const canonical = canonicalTag(subtag);
  // Some are told by CLDR as another language in a country, Dari as the Persian of Afghanistan.
  return /^[a-z]{2,3}$/.test(canonical) ? canonical : subtag;
}

function canonicalTag(subtag: string): string {
  try {
    return Intl.getCanonicalLocales(subtag)[0] ?? subtag;
  } catch {
    return subtag;
  }
}

export function languageName({ code, englishName }: KnownLanguage, locale: string | undefined): string {
  return locale ? (displayNames('language', locale).of(code) ?? englishName) : englishName;
}

/** In the language itself; null where Unicode CLDR has no names in it. */
export function nativeLanguageName({ code }: KnownLanguage): string | null {
  const hasNames = Intl.DisplayNames.supportedLocalesOf(code).length > 0;
  return hasNames ? (displayNames('language', code).of(code) ?? null) : null;
}
