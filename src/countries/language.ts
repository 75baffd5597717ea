import { displayNames } from '../locales.js';
import { type ReferenceFacts, referenceFacts } from './reference.js';

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
