import type { Country } from 'world-countries';
import { nameKey } from '../src/countries/name-key.js';
import { languageCode } from './reference/languages.js';

/** Names in use that the package does not have: from other sources, from ISO 3166-1, and from everyday English. */
const MORE_NAMES: Readonly<Record<string, string[]>> = {
  BN: ['Brunei Darussalam'],
  BQ: ['Bonaire, Sint Eustatius and Saba'],
  BS: ['The Bahamas'],
  CD: ['Congo-Kinshasa', 'Congo (Democratic Republic of the)', 'Democratic Republic of the Congo'],
  CG: ['Congo', 'Congo-Brazzaville', 'Congo Republic'],
  CV: ['Cape Verde'],
  CZ: ['Czech Republic'],
  FJ: ['Fiji Islands'],
  FK: ['Falkland Islands (Malvinas)', 'Falklands', 'Malvinas'],
  FM: ['Micronesia (Federated States of)'],
  GB: ['United Kingdom of Great Britain and Northern Ireland', 'Britain'],
  GM: ['The Gambia'],
  HK: ['Hong Kong S.A.R.', 'Hong Kong SAR'],
  IM: ['Man (Isle of)'],
  IR: ['Iran (Islamic Republic of)'],
  KN: ['St. Kitts and Nevis'],
  KP: ['Korea', "Korea (Democratic People's Republic of)"],
  KR: ['Korea', 'Korea (Republic of)'],
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

/**
 * The names of a country besides those that its fields show, by language: the package's own where they are corrected,
 * and its translations; each name once, under the first language that has it.
 */
export function searchNames(country: Country, shown: readonly string[]): Record<string, string[]> {
  const { cca2, name, translations } = country;
  const seen = new Set(shown.map(nameKey));
  const isNew = (other: string) => seen.size < seen.add(nameKey(other)).size;
  const found: Record<string, string[]> = {};
  const add = (language: string, names: string[]) => {
    const more = names.filter(isNew);
    if (more.length > 0) found[language] = [...(found[language] ?? []), ...more];
  };
  add('en', [name.common, name.official, ...(MORE_NAMES[cca2] ?? [])]);
  for (const names of [name.native, translations]) {
    for (const [tag, { common, official }] of Object.entries(names)) add(languageCode(tag), [common, official]);
  }
  return found;
}
