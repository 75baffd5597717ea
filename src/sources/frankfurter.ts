import { at, isDay, unusable, withQuery } from './json.js';
import { MIN_CENTRAL_BANK_RATES, type RatesSource, type SourceRequest } from './source.js';
import type { RateClaim } from './validate-figures.js';

/** Frankfurter v2: the reference rates of central banks, each of its own day; can be self-hosted. */
export const frankfurter: RatesSource = {
  name: 'frankfurter',
  url: 'https://api.frankfurter.dev/v2/rates',
  licence: 'as each central bank says',
  attribution: 'Central banks through Frankfurter (frankfurter.dev)',
  fetch: fetchFrankfurter,
};

async function fetchFrankfurter({ url = frankfurter.url, http, signal, timeoutMs }: SourceRequest) {
  const source = frankfurter.name;
  const answer = await http.getJson({ source, url: withQuery(url, { base: 'USD' }), signal, timeoutMs });
  if (!Array.isArray(answer.body)) throw unusable(source, answer.body, 'the answer is no list of rates');
  const claims = answer.body.filter((item) => at(item, 'base') === 'USD').map(claimOf);
  if (claims.length === 0) throw unusable(source, answer.body, 'the answer holds no rates for one US dollar');
  const observedOn = claims
    .map((claim) => claim.observedOn)
    .filter(isDay)
    .sort()
    .at(-1);
  if (observedOn === undefined) throw unusable(source, answer.body, 'the answer has no day');
  // With the list of ISO 4217, which the question has not waited for.
  const { checkedRates } = await import('./validate-figures.js');
  return checkedRates(frankfurter, claims, { url: answer.url, observedOn, minimum: MIN_CENTRAL_BANK_RATES });
}

function claimOf(item: unknown): RateClaim {
  return { currency: at(item, 'quote'), rate: at(item, 'rate'), observedOn: at(item, 'date') };
}
