import { at, entriesAt, unusable } from './json.js';
import { MIN_MARKET_RATES, type RatesSource, type SourceRequest } from './source.js';

/** The open access end point of ExchangeRate-API: no key, one update a day, not to be passed on. */
export const openErApi: RatesSource = {
  name: 'open-er-api',
  url: 'https://open.er-api.com/v6/latest/USD',
  licence: 'ExchangeRate-API open access terms: attribution required, no redistribution',
  attribution: 'Rates By Exchange Rate API (https://www.exchangerate-api.com)',
  tellsNextUpdate: true,
  fetch: fetchOpenErApi,
};

async function fetchOpenErApi({ url = openErApi.url, http, signal, timeoutMs }: SourceRequest) {
  const source = openErApi.name;
  const answer = await http.getJson({ source, url, signal, timeoutMs });
  const { body } = answer;
  const quotes = entriesAt(body, 'rates');
  if (at(body, 'result') !== 'success' || quotes.length === 0) {
    throw unusable(source, body, 'the answer holds no rates');
  }
  if (at(body, 'base_code') !== 'USD') throw unusable(source, body, 'the rates are not for one US dollar');
  const updatedAt = timeOf(at(body, 'time_last_update_unix'));
  if (updatedAt === null) throw unusable(source, body, 'the answer does not tell its time');
  const observedOn = updatedAt.slice(0, 10);
  const claims = quotes.map(([currency, rate]) => ({ currency, rate, observedOn }));
  // With the list of ISO 4217, which the question has not waited for.
  const { checkedRates } = await import('./validate-figures.js');
  const rates = checkedRates(openErApi, claims, { url: answer.url, observedOn, minimum: MIN_MARKET_RATES });
  const nextUpdateAt = timeOf(at(body, 'time_next_update_unix'));
  return nextUpdateAt === null ? rates : { ...rates, nextUpdateAt };
}

/** ISO 8601 from Unix seconds; null when they are none, or no time that a calendar has. */
function timeOf(seconds: unknown): string | null {
  if (typeof seconds !== 'number' || !(seconds > 0)) return null;
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
