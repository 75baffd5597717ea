import type { Country } from 'world-countries';
import { nameKey } from '../src/countries/name-key.js';

/** Names in use that the package does not have: of other sources, of ISO 3166-1, and of everyday English. */
const MORE_NAMES: Readonly<Record<string, string[]>> = {
  BN: ['Brunei Darussalam'],
  BQ: ['Bonaire, Sint Eustatius and Saba'],
  BS: ['The Bahamas'],
  CD: ['Congo-Kinshasa', 'Congo (Democratic Republic of the)', 'Democratic Republic of the Congo'],
  CG: ['Congo', 'Congo-Brazzaville', 'Congo Republic'],
  CV: ['Cape Verde'],
  CZ: ['Czech Republic'],
  FJ: ['Fiji Islands'],
  FK: ['Falkland Islands (Malvinas)', 'Malvinas'],
  FM: ['Micronesia (Federated States of)'],
  GB: ['United Kingdom of Great Britain and Northern Ireland', 'Britain'],
  GM: ['The Gambia'],
  HK: ['Hong Kong S.A.R.', 'Hong Kong SAR'],
  IM: ['Man (Isle of)'],
  IR: ['Iran (Islamic Republic of)'],
  KN: ['St. Kitts and Nevis'],
  KP: ["Korea (Democratic People's Republic of)"],
  KR: ['Korea (Republic of)'],
  LC: ['St. Lucia'],
  MF: ['Saint-Martin (French part)', 'Saint Martin (French part)'],
  MK: ['Macedonia'],
  MM: ['Burma'],
  MO: ['Macau S.A.R.', 'Macao', 'Macao SAR'],
  PN: ['Pitcairn Island', 'Pitcairn'],
  PS: ['Palestinian Territory Occupied', 'Palestinian Territories'],
  SX: ['Sint Maarten (Dutch part)'],
  TF: ['French Southern Territories'],
  TL: ['East Timor'],
  TR: ['Turkey', 'Republic of Turkey'],
  US: ['United States of America', 'USA', 'US'],
  VA: ['Vatican City State (Holy See)', 'Holy See'],
  VC: ['St. Vincent and the Grenadines'],
  VG: ['Virgin Islands (British)'],
  VI: ['Virgin Islands (US)', 'Virgin Islands (U.S.)', 'US Virgin Islands'],
  WF: ['Wallis and Futuna Islands'],
};

/** What a country may be called, from the most to the least certain. */
const KINDS: ((country: Country) => string[])[] = [
  ({ name }) => [name.common],
  ({ name }) => [name.official],
  ({ altSpellings, cca2 }) => [...altSpellings.filter((name) => name !== cca2), ...(MORE_NAMES[cca2] ?? [])],
  ({ name }) => Object.values(name.native).flatMap(({ common, official }) => [common, official]),
  ({ translations }) => Object.values(translations).flatMap(({ common, official }) => [common, official]),
];

/**
 * The folded names by which each country is found. A name of two kinds belongs to the country that bears it in the more
 * certain one: Niger is Niger, whatever Nigeria is called elsewhere. One that several bear in the same kind finds none.
 */
export function searchNames(countries: readonly Country[]): Map<string, string[]> {
  const bearers = new Map<string, string[]>();
  for (const namesOf of KINDS) {
    for (const [key, codes] of bearersOf(countries, namesOf)) {
      if (!bearers.has(key)) bearers.set(key, codes);
    }
  }
  const found = new Map<string, string[]>();
  for (const [key, [code = '', ...others]] of bearers) {
    if (others.length === 0) found.set(code, [...(found.get(code) ?? []), key]);
    else console.log(`"${key}" is a name of ${[code, ...others].join(', ')}: it finds none of them`);
  }
  return found;
}

function bearersOf(countries: readonly Country[], namesOf: (country: Country) => string[]) {
  const bearers = new Map<string, string[]>();
  for (const country of countries) {
    const keys = new Set(namesOf(country).map(nameKey));
    for (const key of keys) bearers.set(key, [...(bearers.get(key) ?? []), country.cca2]);
  }
  bearers.delete('');
  return bearers;
}
