/**
 * Writes bundled/reference.json, the facts that refreshes do not bring, from the packages world-countries and cldr-core,
 * which are needed for nothing else: 22 MB of maps and flags stay out of an installation. Run it after an update of
 * either.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Country } from 'world-countries';
import type { ReferenceFacts, ReferenceUse } from '../src/countries/reference.js';
import { BUNDLED_FOLDER, writeReadme } from './bundled-readme.js';
import { callingCodes } from './calling-codes.js';
import { searchNames } from './search-names.js';
import { cldrLicence, cldrUse, tenderOf } from './tender.js';

// Its ES module imports JSON in a way that Node does not take.
const require = createRequire(import.meta.url);
const countries = require('world-countries') as Country[];

/** The package counts the Holy See, a permanent observer, among the members. */
const OBSERVERS = new Set(['PS', 'VA']);

const records = countries.map(factsOf).sort((a, b) => (a.code < b.code ? -1 : 1));
await writeFile(
  new URL('reference.json', BUNDLED_FOLDER),
  `{"uses":${JSON.stringify([await useOf(), cldrUse()])},"records":[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]}\n`,
);
await writeFile(new URL('licences/Unicode-3.0.txt', BUNDLED_FOLDER), await cldrLicence());
await writeReadme();
console.log(`${records.length} countries`);

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
  const { cca2, cca3, name, languages, latlng, landlocked, unMember } = country;
  const [latitude, longitude] = latlng;
  return {
    code: cca2,
    // ISO has none for Kosovo: the one that most sources write.
    alpha3: cca3 === 'UNK' ? 'XKX' : cca3,
    officialName: name.official,
    alternateNames: alternateNames(country),
    nativeNames: Object.entries(name.native).map(([language, { common, official }]) => {
      return { language, name: common, officialName: official };
    }),
    demonym: country.demonyms.eng?.m || null,
    languages: Object.entries(languages).map(([code, english]) => ({ code, name: english })),
    borders: neighbours(country).sort(),
    callingCodes: callingCodes(country),
    topLevelDomains: country.tld.map(domain),
    latitude,
    longitude,
    landlocked,
    // The package leaves open whether Kosovo is.
    independent: country.independent ?? null,
    unMember: unMember && !OBSERVERS.has(cca2),
    searchNames: searchNames(country),
    tender: tenderOf(cca2),
  };
}

/** Both must name each other: the package has Sri Lanka next to India, but not India next to Sri Lanka. */
function neighbours({ cca3, borders }: Country): string[] {
  return countries
    .filter((other) => borders.includes(other.cca3) && other.borders.includes(cca3))
    .map(({ cca2 }) => cca2);
}

/** The package counts the code and the names themselves among the spellings. */
function alternateNames({ cca2, name, altSpellings }: Country): string[] {
  const others = altSpellings.map((spelling) => spelling.trim());
  return [...new Set(others)].filter((other) => ![cca2, name.common, name.official, ''].includes(other));
}

/** Right-to-left domains stand there with the point at the end. */
function domain(written: string): string {
  return `.${written.replaceAll('.', '')}`;
}
