/**
 * Writes bundled/reference.json, the facts that refreshes do not fetch, from world-countries, Unicode CLDR and other
 * lists, which are needed for nothing else and are not part of an installation. Run it after an update of one of them.
 * It stops where they differ and reference/corrections.ts does not decide.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Country } from 'world-countries';
import type { ReferenceFacts, ReferenceUse } from '../src/countries/reference.js';
import { BUNDLED_FOLDER, writeReadme } from './bundled-readme.js';
import { Comparison } from './reference/comparison.js';
import * as facts from './reference/facts.js';
import { languageRecords, languagesOf } from './reference/languages.js';
import { POSTAL_CODES, POSTAL_CODES_USE } from './reference/postal-codes.js';
import { searchNames } from './search-names.js';
import { cldrLicence, cldrUse, tenderOf } from './tender.js';

// Its ES module imports JSON in a way that Node does not accept.
const require = createRequire(import.meta.url);
const countries = require('world-countries') as Country[];

/** The package counts the Holy See, a permanent observer, among the members. */
const OBSERVERS = new Set(['PS', 'VA']);

const comparison = new Comparison();
const records = countries.map(factsOf).sort((a, b) => (a.code < b.code ? -1 : 1));
const languages = languageRecords(countries, new Set(records.flatMap((record) => record.languages)));
const symbols = facts.currencySymbols(countries, comparison);
comparison.finish();
await writeFile(
  new URL('reference.json', BUNDLED_FOLDER),
  `{"uses":${JSON.stringify([await useOf(), cldrUse(), POSTAL_CODES_USE])},
"symbols":${JSON.stringify(symbols)},
"languages":[\n${lines(languages)}\n],
"records":[\n${lines(records)}\n]}\n`,
);
await writeFile(new URL('licences/Unicode-3.0.txt', BUNDLED_FOLDER), await cldrLicence());
await writeReadme();
console.log(`${records.length} countries, ${languages.length} languages`);

function lines(list: readonly unknown[]): string {
  return list.map((record) => JSON.stringify(record)).join(',\n');
}

async function useOf(): Promise<ReferenceUse> {
  const path = require.resolve('world-countries/package.json');
  const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
  return {
    source: 'world-countries',
    url: `https://www.npmjs.com/package/world-countries/v/${version}`,
    observedAt: null,
    licence: 'ODbL-1.0',
    attribution: `mledoze/countries (world-countries ${version})`,
    bundled: true,
  };
}

function factsOf(country: Country): ReferenceFacts {
  const { cca2, cca3, ccn3, latlng, landlocked, unMember } = country;
  const [latitude, longitude] = latlng;
  const name = facts.englishName(country, comparison);
  const officialName = facts.officialName(country, comparison);
  const nativeNames = facts.nativeNames(country, officialName, comparison);
  const alternateNames = alternateNamesOf(country, [country.cca2, name, officialName]);
  const shown = [name, officialName, ...alternateNames, ...nativeNames.flatMap((it) => [it.name, it.officialName])];
  return {
    code: cca2,
    // ISO has none for Kosovo: this is the one that most sources use.
    alpha3: cca3 === 'UNK' ? 'XKX' : cca3,
    numeric: ccn3 || null,
    name,
    officialName,
    alternateNames,
    nativeNames,
    capitals: facts.capitals(country, comparison),
    demonym: facts.demonym(country, comparison),
    languages: languagesOf(country, comparison),
    borders: neighbours(country).sort(),
    callingCodes: facts.callingCodes(country, comparison),
    topLevelDomains: facts.topLevelDomains(country, comparison),
    timezones: facts.timezones(country, comparison),
    postalCodeFormat: POSTAL_CODES.get(cca2) ?? null,
    latitude,
    longitude,
    landlocked,
    // The package leaves open whether Kosovo is.
    independent: country.independent ?? null,
    unMember: unMember && !OBSERVERS.has(cca2),
    searchNames: searchNames(country, shown),
    tender: tenderOf(cca2),
  };
}

/** Both must name each other: the package has Sri Lanka next to India, but not India next to Sri Lanka. */
function neighbours({ cca3, borders }: Country): string[] {
  return countries
    .filter((other) => borders.includes(other.cca3) && other.borders.includes(cca3))
    .map(({ cca2 }) => cca2);
}

/** The package counts the code and the names themselves among the spellings. Its official name may not be ours. */
function alternateNamesOf({ name, altSpellings }: Country, others: readonly string[]): string[] {
  const names = [...altSpellings.map((spelling) => spelling.trim()), name.official];
  return [...new Set(names)].filter((it) => ![name.common, '', ...others].includes(it));
}
