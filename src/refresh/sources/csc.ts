import type { CountryClaim } from './country-check.js';
import { countryListSource } from './country-list.js';
import { at } from './field.js';

/** The Countries States Cities Database: no key, one file, one currency for each country. */
export const csc = countryListSource({
  name: 'csc',
  url: 'https://cdn.jsdelivr.net/gh/dr5hn/countries-states-cities-database@master/json/countries.json',
  query: {},
  tellsMainCurrency: true,
  licence: 'ODbL-1.0',
  attribution: 'Countries States Cities Database (github.com/dr5hn/countries-states-cities-database)',
  claimOf,
});

function claimOf(item: unknown): CountryClaim {
  const currency = at(item, 'currency');
  return {
    code: at(item, 'iso2'),
    alpha3: at(item, 'iso3'),
    numeric: at(item, 'numeric_code'),
    name: at(item, 'name'),
    officialName: null,
    capitals: at(item, 'capital'),
    region: at(item, 'region'),
    subregion: at(item, 'subregion'),
    population: at(item, 'population'),
    areaKm2: at(item, 'area_sq_km'),
    flagUrl: null,
    currencies: currency
      ? [{ code: currency, name: at(item, 'currency_name'), symbol: at(item, 'currency_symbol') }]
      : [],
  };
}
