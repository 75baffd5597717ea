import { CREDITS } from '../provenance/credits.js';
import { at, unusable, withQuery } from './json.js';
import type { CountriesSource } from './source.js';
import { type RawCountry, validateCountries } from './validate-countries.js';

/** The Countries States Cities Database: no key, one file, one currency per country. */
export const csc = countryListSource({
  name: 'csc',
  url: 'https://cdn.jsdelivr.net/gh/dr5hn/countries-states-cities-database@master/json/countries.json',
  query: {},
  primaryCurrencyOnly: true,
  ...CREDITS.csc,
  toRaw,
});

function toRaw(item: unknown): RawCountry {
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

/** A source whose whole answer is one JSON array of countries. */
interface CountryList extends Omit<CountriesSource, 'fetch'> {
  /** The query parameters that the URL needs. */
  query: Record<string, string>;
  toRaw: (item: unknown) => RawCountry;
}

export function countryListSource({ query, toRaw, ...about }: CountryList): CountriesSource {
  const source: CountriesSource = {
    ...about,
    async fetch({ url = about.url, http, signal, timeoutMs }) {
      const response = await http.getJson({ source: about.name, url: withQuery(url, query), signal, timeoutMs });
      const { body } = response;
      if (!Array.isArray(body)) throw unusable(about.name, body, 'the answer is not a list of countries');
      return validateCountries(source, body.map(toRaw), response);
    },
  };
  return source;
}
