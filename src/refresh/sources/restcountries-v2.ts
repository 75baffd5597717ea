import type { CountryClaim } from './country-check.js';
import { countryListSource } from './country-list.js';
import { at, listAt } from './field.js';

/** They are mandatory and at most ten; the flag is left out, since it follows from the code. */
const FIELDS = 'name,alpha2Code,alpha3Code,numericCode,capital,region,subregion,population,area,currencies';

/** REST Countries v2, closed in June 2026: for copies that one hosts oneself. */
export const restCountriesV2 = countryListSource({
  name: 'restcountries-v2',
  url: 'https://restcountries.com/v2/all',
  query: { fields: FIELDS },
  licence: 'MPL-2.0',
  attribution:
    'REST Countries v2 (gitlab.com/restcountries/restcountries), from mledoze/countries (ODbL-1.0)',
  claimOf,
});

function claimOf(item: unknown): CountryClaim {
  return {
    code: at(item, 'alpha2Code'),
    alpha3: at(item, 'alpha3Code'),
    numeric: at(item, 'numericCode'),
    name: at(item, 'name'),
    officialName: null,
    capitals: at(item, 'capital'),
    region: at(item, 'region'),
    subregion: at(item, 'subregion'),
    population: at(item, 'population'),
    areaKm2: at(item, 'area'),
    flagUrl: at(item, 'flags', 'svg') ?? at(item, 'flag'),
    currencies: listAt(item, 'currencies').map((currency) => ({
      code: at(currency, 'code'),
      name: at(currency, 'name'),
      symbol: at(currency, 'symbol'),
    })),
  };
}
