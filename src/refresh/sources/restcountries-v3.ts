import type { CountryClaim } from './country-check.js';
import { countryListSource } from './country-list.js';
import { at, entriesAt } from './field.js';

/** They are mandatory and at most ten; flags are left out, since they follow from the code. */
const FIELDS = 'name,cca2,cca3,ccn3,capital,region,subregion,population,area,currencies';

/** REST Countries v3.1, closed in June 2026: for copies that one hosts oneself. */
export const restCountriesV3 = countryListSource({
  name: 'restcountries-v3',
  url: 'https://restcountries.com/v3.1/all',
  query: { fields: FIELDS },
  licence: 'MPL-2.0',
  attribution:
    'REST Countries v3.1 (gitlab.com/restcountries/restcountries), from mledoze/countries (ODbL-1.0)',
  claimOf,
});

function claimOf(item: unknown): CountryClaim {
  return {
    code: at(item, 'cca2'),
    alpha3: at(item, 'cca3'),
    numeric: at(item, 'ccn3'),
    name: at(item, 'name', 'common'),
    officialName: at(item, 'name', 'official'),
    capitals: at(item, 'capital'),
    region: at(item, 'region'),
    subregion: at(item, 'subregion'),
    population: at(item, 'population'),
    areaKm2: at(item, 'area'),
    flagUrl: at(item, 'flags', 'svg'),
    currencies: entriesAt(item, 'currencies').map(([code, currency]) => ({
      code,
      name: at(currency, 'name'),
      symbol: at(currency, 'symbol'),
    })),
  };
}
