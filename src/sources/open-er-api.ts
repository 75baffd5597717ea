import { CREDITS } from '../provenance/credits.js';
import { at, entriesAt, unusable } from './json.js';
import { MIN_MARKET_RATES, type RatesSource, type SourceRequest } from './source.js';
import { validateRates } from './validate-figures.js';

/** The open access endpoint of ExchangeRate-API: no key, one update a day, no redistribution. */
export const openErApi: RatesSource = {
  name: 'open-er-api',
  url: 'https://open.er-api.com/v6/latest/USD',
  ...CREDITS['open-er-api'],
  announcesNextUpdate: true,
  fetch: fetchOpenErApi,
};

async function fetchOpenErApi({ url = openErApi.url, http, signal, timeoutMs }: SourceRequest) {
  const source = openErApi.name;
  const response = await http.getJson({ source, url, signal, timeoutMs });
  const { body } = response;
  const quotes = entriesAt(body, 'rates');
  if (at(body, 'result') !== 'success' || quotes.length === 0) {
    throw unusable(source, body, 'the answer has no rates');
  }
  if (at(body, 'base_code') !== 'USD') throw unusable(source, body, 'the rates are not for one US dollar');
  const updatedAt = timeOf(at(body, 'time_last_update_unix'));
  if (updatedAt === null) throw unusable(source, body, 'the answer has no time');
  const observedOn = updatedAt.slice(0, 10);
  const rates = quotes.map(([currency, rate]) => ({ currency, rate, observedOn }));
  const answer = validateRates(openErApi, rates, { url: response.url, observedOn, minimum: MIN_MARKET_RATES });
  const nextUpdateAt = timeOf(at(body, 'time_next_update_unix'));
  return nextUpdateAt === null ? answer : { ...answer, nextUpdateAt };
}

/** ISO 8601 from Unix seconds; null if they are not a time of the calendar. */
function timeOf(seconds: unknown): string | null {
  if (typeof seconds !== 'number' || !(seconds > 0)) return null;
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
