import { isDay } from '../days.js';
import { CREDITS } from '../provenance/credits.js';
import { at, unusable, withQuery } from './json.js';
import type { DaySpan, RatesSource, SourceRequest } from './source.js';
import { type RawRate, validateRates } from './validate-figures.js';

/** A single central bank quotes about 30 currencies. */
const MIN_CENTRAL_BANK_RATES = 20;

/** Frankfurter v2: the reference rates of central banks, each with its own day; can be self-hosted. */
export const frankfurter: RatesSource = {
  name: 'frankfurter',
  url: 'https://api.frankfurter.dev/v2/rates',
  ...CREDITS.frankfurter,
  fetch: fetchFrankfurter,
  // The European Central Bank quotes since that day, and pauses for four days at most. A year of all currencies is 4 MB.
  history: { firstDay: '1999-01-04', maxDays: 366, longestPause: 4, minRates: 10, fetch: fetchRange },
};

async function fetchFrankfurter(request: SourceRequest) {
  const { url, rates, observedOn } = await ask({}, request);
  return validateRates(frankfurter, rates, { url, observedOn, minimum: MIN_CENTRAL_BANK_RATES });
}

/** All days of the range in one answer. */
async function fetchRange(span: DaySpan, request: SourceRequest) {
  const { url, rates } = await ask({ ...span }, request);
  return validateRates(frankfurter, rates, { url, observedOn: span.to, minimum: 1, span });
}

async function ask(query: Record<string, string>, { url = frankfurter.url, http, signal, timeoutMs }: SourceRequest) {
  const source = frankfurter.name;
  const response = await http.getJson({ source, url: withQuery(url, { base: 'USD', ...query }), signal, timeoutMs });
  const { body } = response;
  if (!Array.isArray(body)) throw unusable(source, body, 'the answer is not a list of rates');
  const rates = body.filter((item) => at(item, 'base') === 'USD').map(toRaw);
  if (rates.length === 0) throw unusable(source, body, 'the answer has no rates for one US dollar');
  const days = rates.map((rate) => rate.observedOn).filter(isDay);
  const observedOn = days.sort().at(-1);
  if (observedOn === undefined) throw unusable(source, body, 'the answer has no day');
  return { url: response.url, rates, observedOn };
}

function toRaw(item: unknown): RawRate {
  return { currency: at(item, 'quote'), rate: at(item, 'rate'), observedOn: at(item, 'date') };
}
