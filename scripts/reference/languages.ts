import { createRequire } from 'node:module';
import type { Country } from 'world-countries';
import type { ReferenceLanguage } from '../../src/countries/reference.js';
import type { Comparison } from './comparison.js';

const require = createRequire(import.meta.url);

interface Spoken {
  _populationPercent: string;
  _officialStatus?: 'official' | 'de_facto_official' | 'official_regional';
}
type Territories = Record<string, { languagePopulation?: Record<string, Spoken> }>;
type Aliases = Record<string, { _replacement: string; _reason: string }>;
type Subtag = { Type: string; Subtag: string; Description: string[]; Macrolanguage?: string };

const territories = require('cldr-core/supplemental/territoryInfo.json').supplemental.territoryInfo as Territories;
const aliases = require('cldr-core/supplemental/aliases.json').supplemental.metadata.alias.languageAlias as Aliases;
const registry = require('language-subtag-registry/data/json/registry.json') as Subtag[];
const english = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** Languages without official status count from this share of the population, if world-countries lists them too. */
const WIDELY_SPOKEN_PERCENT = 5;

const RANKS = ['official', 'de_facto_official', 'official_regional', undefined];

/** Official languages, those of the whole country first, then widely spoken ones; the most spoken first. */
export function languagesOf({ cca2, languages }: Country, comparison: Comparison): string[] {
  const listed = Object.keys(languages).map(languageCode);
  const spoken = Object.entries(territories[cca2]?.languagePopulation ?? {})
    .map(([tag, { _populationPercent, _officialStatus }]) => {
      return { code: languageCode(tag), percent: Number(_populationPercent), rank: RANKS.indexOf(_officialStatus) };
    })
    .filter(({ code, percent, rank }) => {
      return rank < 3 || (percent >= WIDELY_SPOKEN_PERCENT && listed.includes(code));
    })
    .sort((a, b) => a.rank - b.rank || b.percent - a.percent);
  const codes = withoutMacrolanguages([...new Set(spoken.map(({ code }) => code))]);
  // CLDR lists no sign languages and few small languages as official.
  const missing = listed.filter((code) => !codes.includes(code) && !membersIn(code, codes));
  const more = comparison.decide('languages', cca2, ['', missing.join(' ')]);
  return [...codes, ...more.split(' ').filter(Boolean)];
}

/** CLDR lists Norwegian in addition to Bokmål and Nynorsk. */
function withoutMacrolanguages(codes: string[]): string[] {
  return codes.filter((code) => !membersIn(code, codes));
}

function membersIn(macrolanguage: string, codes: readonly string[]): boolean {
  return codes.some((code) => macrolanguageOf(code) === macrolanguage);
}

/** The records of all languages of countries, and of the macrolanguages that these are members of. */
export function languageRecords(countries: readonly Country[], used: ReadonlySet<string>): ReferenceLanguage[] {
  const listed = new Map(countries.flatMap((it) => Object.entries(it.languages).map(([a, b]) => [languageCode(a), b])));
  const macrolanguages = [...used].flatMap((code) => macrolanguageOf(code) ?? []);
  return [...new Set([...used, ...macrolanguages])].sort().map((code) => {
    const members = [...used].filter((member) => macrolanguageOf(member) === code).sort();
    const name = english.of(code) ?? subtags.get(code)?.Description[0] ?? listed.get(code) ?? code;
    return { code, alpha3: alpha3Code(code), name, ...(members.length > 0 ? { members } : {}) };
  });
}

const subtags = new Map(registry.filter(({ Type }) => Type === 'language').map((it) => [it.Subtag, it]));

/** Except those that CLDR treats as another language: Serbo-Croatian as Serbian. */
function macrolanguageOf(code: string): string | undefined {
  const macrolanguage = subtags.get(code)?.Macrolanguage;
  return macrolanguage && languageCode(macrolanguage) === macrolanguage ? macrolanguage : undefined;
}

/** As CLDR writes it: `pa` for `pa_Arab`, `fa` for `prs`. */
export function languageCode(tag: string): string {
  const subtag = tag.split('_', 1)[0] ?? '';
  return (aliases[subtag]?._replacement ?? subtag).split('-', 1)[0]?.split('_', 1)[0] ?? subtag;
}

const alpha3Codes = new Map(
  Object.entries(aliases)
    .filter(([code, { _reason }]) => _reason === 'overlong' && code.length === 3)
    .map(([code, { _replacement }]) => [_replacement, code]),
);

function alpha3Code(code: string): string {
  return code.length === 3 ? code : (alpha3Codes.get(code) ?? code);
}
