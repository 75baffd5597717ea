import { withDeadline } from '../async.js';
import { isDay } from '../days.js';
import { ConfigError, SourceUnavailableError } from '../errors.js';
import { CREDITS } from '../provenance/credits.js';
import { at, entriesAt, unusable } from './json.js';
import {
  type DaySpan,
  MIN_MARKET_RATES,
  type RateRecord,
  type RatesSource,
  type SourceAnswer,
  type SourceRequest,
} from './source.js';
import { validateRates } from './validate-figures.js';

/** Two hosts of the same file: the second is the fallback. */
const HOSTS = [
  'https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@latest/v1/currencies/usd.min.json',
  'https://latest.currency-api.pages.dev/v1/currencies/usd.min.json',
] as const;

/** The free Currency API: no key, public domain, about 340 codes with cryptocurrencies and metals. */
export const currencyApi: RatesSource = {
  name: 'currency-api',
  url: HOSTS[0],
  ...CREDITS['currency-api'],
  fetch: (request) => fetchFromHosts(request.url === undefined ? HOSTS : [request.url], request),
  history: { firstDay: '2024-03-02', maxDays: 1, longestPause: 0, minRates: MIN_MARKET_RATES, fetch: fetchDay },
};

/** An edition for each day, except for a few. */
async function fetchDay({ from: day }: DaySpan, request: SourceRequest): Promise<SourceAnswer<RateRecord>> {
  const [first, second] = request.url === undefined ? HOSTS : [request.url];
  const urls = [editionOf(day, first), second && editionOf(day, second)] as const;
  const answer = await fetchFromHosts(urls, request);
  if (answer.use.observedAt === day) return answer;
  throw new SourceUnavailableError(currencyApi.name, `the answer is for ${answer.use.observedAt}`);
}

function editionOf(day: string, address: string): string {
  if (/\blatest\b/.test(address)) return address.replace(/\blatest\b/, day);
  throw new ConfigError('RATES_URL must contain "latest", which is replaced by the past day');
}

/** Falls back to the second host when the first has no usable answer within half of the time. */
export async function fetchFromHosts(
  [first, second]: readonly [string, (string | undefined)?],
  request: SourceRequest,
): Promise<SourceAnswer<RateRecord>> {
  if (second === undefined) return fetchFrom(first, request);
  try {
    const timeoutMs = request.timeoutMs / 2;
    return await withDeadline(request.signal, timeoutMs, (signal) =>
      fetchFrom(first, { ...request, signal, timeoutMs }),
    );
  } catch (firstError) {
    if (request.signal.aborted) throw firstError;
    return fetchFrom(second, request).catch((secondError) => {
      throw bothFailed([first, firstError], [second, secondError]);
    });
  }
}

function bothFailed(...failures: [url: string, error: unknown][]): SourceUnavailableError {
  const reasons = failures.map(([url, error]) => {
    const reason = error instanceof SourceUnavailableError ? error.reason : String(error);
    return `${new URL(url).host}: ${reason}`;
  });
  return new SourceUnavailableError(currencyApi.name, reasons.join('; '), failures.at(-1)?.[1]);
}

async function fetchFrom(url: string, { http, signal, timeoutMs }: SourceRequest) {
  const source = currencyApi.name;
  const response = await http.getJson({ source, url, signal, timeoutMs });
  const observedOn = at(response.body, 'date');
  const quotes = entriesAt(response.body, 'usd');
  if (quotes.length === 0) throw unusable(source, response.body, 'the answer has no rates for one US dollar');
  if (!isDay(observedOn)) throw unusable(source, response.body, 'the answer has no day');
  const rates = quotes.map(([code, rate]) => ({ currency: code.toUpperCase(), rate, observedOn }));
  return validateRates(currencyApi, rates, { url: response.url, observedOn, minimum: MIN_MARKET_RATES });
}
