import { at, unusable, withQuery } from './json.js';
import type { CountriesSource, CountryRecord, SourceAnswer, SourceRequest } from './source.js';
import type { CountryClaim } from './validate-countries.js';

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

/** What the sources differ in whose whole answer is one JSON array of countries. */
interface CountryList extends Omit<CountriesSource, 'fetch'> {
  /** Query parameters that the address needs. */
  query: Record<string, string>;
  claimOf: (item: unknown) => CountryClaim;
}

export function countryListSource({ query, claimOf, ...about }: CountryList): CountriesSource {
  const source: CountriesSource = { ...about, fetch: fetchList };
  return source;

  async function fetchList(request: SourceRequest): Promise<SourceAnswer<CountryRecord>> {
    const { url = about.url, http, signal, timeoutMs } = request;
    const answer = await http.getJson({ source: about.name, url: withQuery(url, query), signal, timeoutMs });
    const { body } = answer;
    if (!Array.isArray(body)) throw unusable(about.name, body, 'the answer is no list of countries');
    // It checks with a library that takes its time to load: the question has left before that.
    const { checkedCountries } = await import('./validate-countries.js');
    return checkedCountries(source, body.map(claimOf), answer);
  }
}
