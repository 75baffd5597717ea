import { SourceUnavailableError } from '../errors.js';
import { CREDITS } from '../provenance/credits.js';
import { countryListSource } from './csc.js';
import type { JsonResponse } from './http-client.js';
import { at, entriesAt, listAt, unusable, withQuery } from './json.js';
import type { CountriesSource, SourceRequest } from './source.js';
import { type RawCountry, validateCountries } from './validate-countries.js';

const PAGE_SIZE = 100;
/** About four times as many as there are: more is a mistake that would use up the month's requests. */
const MAX_TOTAL = 1000;

const FIELDS =
  'names.common,names.official,codes.alpha_2,codes.alpha_3,codes.ccn3,capitals,' +
  'region,subregion,population,area.kilometers,flag.url_svg,currencies';

/** REST Countries v5: needs a key, answers in pages. */
export const restCountries: CountriesSource = {
  name: 'restcountries',
  url: 'https://api.restcountries.com/countries/v5',
  ...CREDITS.restcountries,
  fetch: fetchV5,
};

async function fetchV5(request: SourceRequest) {
  if (!request.apiKey) {
    throw new SourceUnavailableError(restCountries.name, 'it needs a key: set REST_COUNTRIES_API_KEY');
  }
  const first = await fetchPage(request, 0);
  const offsets = offsetsAfter(first);
  const rest = await Promise.all(offsets.map((offset) => fetchPage(request, offset)));
  const items = [first, ...rest].flatMap((page) => page.items);
  if (items.length < first.total) {
    const reason = `only ${items.length} of ${first.total} announced countries were sent`;
    throw new SourceUnavailableError(restCountries.name, reason);
  }
  return validateCountries(restCountries, items.map(toRawV5), first.response);
}

interface Page {
  items: unknown[];
  total: number;
  response: JsonResponse;
}

async function fetchPage(request: SourceRequest, offset: number): Promise<Page> {
  const { url = restCountries.url, http, signal, timeoutMs, apiKey = '' } = request;
  const source = restCountries.name;
  const page = { limit: String(PAGE_SIZE), offset: String(offset), response_fields: FIELDS };
  const response = await http.getJson({ source, url: withQuery(url, page), bearerToken: apiKey, signal, timeoutMs });
  const items = at(response.body, 'data', 'objects');
  const total = at(response.body, 'data', 'meta', 'total');
  if (!Array.isArray(items) || !Number.isSafeInteger(total) || Number(total) > MAX_TOTAL) {
    throw unusable(source, response.body, 'the answer is not a page of countries');
  }
  return { items, total: Number(total), response };
}

/** The first page says how long a page is: a plan may allow fewer than requested. */
function offsetsAfter({ items, total }: Page): number[] {
  const pages = items.length === 0 ? 1 : Math.ceil(total / items.length);
  return Array.from({ length: Math.max(0, pages - 1) }, (_, index) => (index + 1) * items.length);
}

function toRawV5(item: unknown): RawCountry {
  return {
    code: at(item, 'codes', 'alpha_2'),
    alpha3: at(item, 'codes', 'alpha_3'),
    numeric: at(item, 'codes', 'ccn3'),
    name: at(item, 'names', 'common'),
    officialName: at(item, 'names', 'official'),
    capitals: listAt(item, 'capitals').map((capital) => at(capital, 'name')),
    region: at(item, 'region'),
    subregion: at(item, 'subregion'),
    population: at(item, 'population'),
    areaKm2: at(item, 'area', 'kilometers'),
    flagUrl: at(item, 'flag', 'url_svg'),
    currencies: listAt(item, 'currencies').map((currency) => toRawCurrency(at(currency, 'code'), currency)),
  };
}

/** Mandatory and at most ten; without the flag, whose URL follows from the code. */
const V2_FIELDS = 'name,alpha2Code,alpha3Code,numericCode,capital,region,subregion,population,area,currencies';

/** REST Countries v2, closed in June 2026: for self-hosted copies. */
export const restCountriesV2 = countryListSource({
  name: 'restcountries-v2',
  url: 'https://restcountries.com/v2/all',
  query: { fields: V2_FIELDS },
  ...CREDITS['restcountries-v2'],
  toRaw: toRawV2,
});

function toRawV2(item: unknown): RawCountry {
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
    currencies: listAt(item, 'currencies').map((currency) => toRawCurrency(at(currency, 'code'), currency)),
  };
}

/** Mandatory and at most ten; without the flag, whose URL follows from the code. */
const V3_FIELDS = 'name,cca2,cca3,ccn3,capital,region,subregion,population,area,currencies';

/** REST Countries v3.1, closed in June 2026: for self-hosted copies. */
export const restCountriesV3 = countryListSource({
  name: 'restcountries-v3',
  url: 'https://restcountries.com/v3.1/all',
  query: { fields: V3_FIELDS },
  ...CREDITS['restcountries-v3'],
  toRaw: toRawV3,
});

function toRawV3(item: unknown): RawCountry {
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
    currencies: entriesAt(item, 'currencies').map(([code, currency]) => toRawCurrency(code, currency)),
  };
}

function toRawCurrency(code: unknown, currency: unknown): RawCountry['currencies'][number] {
  return { code, name: at(currency, 'name'), symbol: at(currency, 'symbol') };
}
