import { SourceUnavailableError } from '../../errors.js';
import { withQuery } from './address.js';
import type { CountryClaim } from './country-check.js';
import { at, listAt } from './field.js';
import type { JsonAnswer } from './http.js';
import type { CountriesSource, SourceRequest } from './source.js';
import { unusable } from './upstream-message.js';

const PAGE_SIZE = 100;
/** About four times the countries that there are: more is a mistake that would cost the month's requests. */
const MAX_TOTAL = 1000;

const FIELDS = [
  ...['names.common', 'names.official', 'codes.alpha_2', 'codes.alpha_3', 'codes.ccn3', 'capitals'],
  ...['region', 'subregion', 'population', 'area.kilometers', 'flag.url_svg', 'currencies'],
].join(',');

/** REST Countries v5: with a key, and in pages. */
export const restCountries: CountriesSource = {
  name: 'restcountries',
  url: 'https://api.restcountries.com/countries/v5',
  licence: 'REST Countries terms of service',
  attribution: 'REST Countries (restcountries.com)',
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
    const reason = `only ${items.length} of the ${first.total} countries announced came`;
    throw new SourceUnavailableError(restCountries.name, reason);
  }
  // It checks with a library that takes its time to load: the question has left before that.
  const { checkedCountries } = await import('./country-check.js');
  return checkedCountries(restCountries, items.map(claimOf), first.answer);
}

interface Page {
  items: unknown[];
  total: number;
  answer: JsonAnswer;
}

async function fetchPage(request: SourceRequest, offset: number): Promise<Page> {
  const { url = restCountries.url, http, signal, timeoutMs, apiKey = '' } = request;
  const source = restCountries.name;
  const page = { limit: String(PAGE_SIZE), offset: String(offset), response_fields: FIELDS };
  const answer = await http.getJson({
    source,
    url: withQuery(url, page),
    bearerToken: apiKey,
    signal,
    timeoutMs,
  });
  const items = at(answer.body, 'data', 'objects');
  const total = at(answer.body, 'data', 'meta', 'total');
  if (!Array.isArray(items) || !Number.isSafeInteger(total) || Number(total) > MAX_TOTAL) {
    throw unusable(source, answer.body, 'the answer is no page of countries');
  }
  return { items, total: Number(total), answer };
}

/** By what the first page holds: a plan may allow less than was asked for. */
function offsetsAfter({ items, total }: Page): number[] {
  const pages = items.length === 0 ? 1 : Math.ceil(total / items.length);
  return Array.from({ length: Math.max(0, pages - 1) }, (_, index) => (index + 1) * items.length);
}

function claimOf(item: unknown): CountryClaim {
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
    currencies: listAt(item, 'currencies').map((currency) => ({
      code: at(currency, 'code'),
      name: at(currency, 'name'),
      symbol: at(currency, 'symbol'),
    })),
  };
}
