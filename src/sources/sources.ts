import { readFile } from 'node:fs/promises';
import { withDeadline } from '../async.js';
import type { Config, CountriesSourceName, RatesSourceName } from '../config.js';
import { BadUserInputError, SourceUnavailableError } from '../errors.js';
import { PACKAGE_ROOT } from '../runtime.js';
import { csc } from './csc.js';
import { currencyApi } from './currency-api.js';
import { frankfurter } from './frankfurter.js';
import { createHttpClient } from './http-client.js';
import { withoutSecretsOf } from './json.js';
import { openErApi } from './open-er-api.js';
import { fetchCached, ResponseCache } from './response-cache.js';
import { restCountries, restCountriesV2, restCountriesV3 } from './restcountries.js';
import type {
  CountriesSource,
  CountryRecord,
  DaySpan,
  GdpRecord,
  GdpSource,
  RateHistory,
  RateRecord,
  RatesSource,
  Source,
  SourceAnswer,
  SourceUse,
  Warning,
} from './source.js';
import { worldBank } from './world-bank.js';

/** `force` requests everything in full, even what is still current. */
type Fetch<Record> = (signal: AbortSignal, force?: boolean) => Promise<SourceAnswer<Record>>;

/** The sources in the settings. Each fetch goes through a fallback chain and the response cache. */
export interface Sources {
  countries: Fetch<CountryRecord>;
  rates: Fetch<RateRecord>;
  gdp: Fetch<GdpRecord>;
  /** The first source of the settings that has rates of that day, or else of any past day. Throws BadUserInputError. */
  pastRates(day: string): PastRates;
  /** The data set that comes with the project. */
  bundled: typeof bundled;
  /** Writes the response cache to its folder. */
  save(): Promise<void>;
  close(): Promise<void>;
}

/** The past days of one source. */
export interface PastRates extends Omit<RateHistory, 'fetch'> {
  source: string;
  fetch(span: DaySpan, signal: AbortSignal): Promise<SourceAnswer<RateRecord>>;
}

/** `cacheDir`: the folder of the response cache; without one, every process starts with an empty cache. */
export function createSources(
  config: Config['sources'],
  { cacheDir }: { cacheDir?: string | undefined } = {},
): Sources {
  const http = createHttpClient({ proxies: config.proxies });
  const cache = new ResponseCache(cacheDir);
  const { countries, countriesUrls, rates, ratesUrls, gdpUrl, restCountriesApiKey: apiKey, timeoutMs } = config;
  const live =
    <R>(source: Source<R>, url: string | undefined): TimedFetch<R> =>
    (signal, shareMs, force) =>
      withoutAddress(url, () => fetchCached(cache, source, { url, apiKey, http, signal, timeoutMs: shareMs }, force));
  // If only the bundled countries are configured, no network is wanted.
  const isOffline = countries.every((name) => name === 'bundled') && gdpUrl === undefined;
  const countriesFetches = countries.map((name, at) =>
    name === 'bundled' ? bundled.countries : live(countriesSources[name], countriesUrls[at]),
  );
  const ratesFetches = rates.map((name, at) =>
    name === 'bundled' ? bundled.rates : live(ratesSources[name], ratesUrls[at]),
  );
  return {
    countries: fallbackChain(countriesFetches, timeoutMs),
    rates: fallbackChain(ratesFetches, timeoutMs),
    gdp: fallbackChain([isOffline ? bundled.gdp : live(gdpSource, gdpUrl)], timeoutMs),
    pastRates(day) {
      const { name, url, history } = sourceOfPast(config, day);
      const fetch = (span: DaySpan, signal: AbortSignal) =>
        withDeadline(signal, timeoutMs, (inTime) =>
          withoutAddress(url, () => history.fetch(span, { url, apiKey, http, signal: inTime, timeoutMs })),
        );
      return { ...history, source: name, fetch };
    },
    bundled,
    save: () => cache.save(),
    close: () => http.close(),
  };
}

/**
 * An address from the settings may contain a key anywhere, even in its path: reports, errors and the log show only its
 * origin. An upstream may repeat it in an error message.
 */
async function withoutAddress<R>(
  url: string | undefined,
  fetch: () => Promise<SourceAnswer<R>>,
): Promise<SourceAnswer<R>> {
  if (url === undefined) return fetch();
  try {
    const answer = await fetch();
    return { ...answer, use: { ...answer.use, url: new URL(url).origin } };
  } catch (error) {
    if (!(error instanceof SourceUnavailableError)) throw error;
    throw new SourceUnavailableError(error.source, withoutSecretsOf(url, error.reason), error.cause);
  }
}

/** Every source by its name in the settings: a new one is a file beside this one and a line here. */
export const countriesSources = {
  csc,
  restcountries: restCountries,
  'restcountries-v3': restCountriesV3,
  'restcountries-v2': restCountriesV2,
} satisfies Record<Exclude<CountriesSourceName, 'bundled'>, CountriesSource>;

export const ratesSources = { 'currency-api': currencyApi, 'open-er-api': openErApi, frankfurter } satisfies Record<
  Exclude<RatesSourceName, 'bundled'>,
  RatesSource
>;

export const gdpSource: GdpSource = worldBank;

function sourceOfPast({ rates, ratesUrls }: Config['sources'], day: string) {
  const withPast = rates.flatMap((name, at) => {
    const history = name === 'bundled' ? undefined : (ratesSources[name] as RatesSource).history;
    return history ? [{ name, url: ratesUrls[at], history }] : [];
  });
  const found = withPast.find(({ history }) => history.firstDay <= day) ?? withPast[0];
  if (found) return found;
  throw new BadUserInputError(
    `${rates.join(' and ')} has no past rates: set RATES_SOURCE to frankfurter (since 1999) or currency-api (since 2024)`,
  );
}

/** Fetches from one source within its share of the time. */
type TimedFetch<R> = (signal: AbortSignal, timeoutMs: number, force: boolean) => Promise<SourceAnswer<R>>;

/**
 * The first usable answer of several sources. They share one overall time: each gets an equal share of what is left.
 * The answer has a warning for each source that failed before.
 */
function fallbackChain<R>(candidates: readonly TimedFetch<R>[], timeoutMs: number): Fetch<R> {
  return async (signal, force = false) => {
    const endsAt = performance.now() + timeoutMs;
    const failures: SourceUnavailableError[] = [];
    for (const [index, fetch] of candidates.entries()) {
      const shareMs = Math.max(1, Math.round((endsAt - performance.now()) / (candidates.length - index)));
      try {
        const answer = await withDeadline(signal, shareMs, (inTime) => fetch(inTime, shareMs, force));
        return { ...answer, warnings: [...failures.map((it) => failedOver(it, answer.use)), ...answer.warnings] };
      } catch (error) {
        if (!(error instanceof SourceUnavailableError) || signal.aborted) throw error;
        failures.push(error);
      }
    }
    throw allFailed(failures);
  };
}

function failedOver({ details }: SourceUnavailableError, { source }: SourceUse): Warning {
  const message = `${details}; ${source} was asked instead`;
  return { code: 'SOURCE_UNAVAILABLE', country: null, currency: null, message };
}

function allFailed(failures: SourceUnavailableError[]): SourceUnavailableError {
  const [first] = failures;
  if (first && failures.length === 1) return first;
  const names = failures.map(({ source }) => source).join(', ');
  const reasons = failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
  return new SourceUnavailableError(names, reasons, first);
}

/** A file of the bundled data set: the answer of an adapter when the set was written. */
export type BundledFile<R> = Pick<SourceAnswer<R>, 'use' | 'records'>;

/** The data set that comes with the project: see bundled/README.md. */
export const bundled = {
  countries: () => readBundled<CountryRecord>('countries.json'),
  rates: () => readBundled<RateRecord>('rates.json'),
  gdp: () => readBundled<GdpRecord>('gdp.json'),
};

async function readBundled<R>(name: string): Promise<SourceAnswer<R>> {
  try {
    const text = await readFile(new URL(`bundled/${name}`, PACKAGE_ROOT), 'utf8');
    const { use, records } = JSON.parse(text) as BundledFile<R>;
    return { use, records, received: records.length, warnings: [] };
  } catch (cause) {
    throw new SourceUnavailableError('bundled', `${name} cannot be read: ${(cause as Error).message}`, cause);
  }
}
