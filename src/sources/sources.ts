import { readFile } from 'node:fs/promises';
import { withDeadline } from '../async.js';
import type { Config, CountriesSourceName, RatesSourceName } from '../config.js';
import { SourceUnavailableError } from '../errors.js';
import { PACKAGE_ROOT, VERSION } from '../runtime.js';
import { csc } from './csc.js';
import { currencyApi } from './currency-api.js';
import { frankfurter } from './frankfurter.js';
import { createHttpClient, type JsonClient } from './http-client.js';
import { openErApi } from './open-er-api.js';
import { type AnswerMemory, remembering, rememberingOnly } from './response-cache.js';
import { restCountries, restCountriesV2, restCountriesV3 } from './restcountries.js';
import type {
  CountriesSource,
  CountryRecord,
  GdpRecord,
  GdpSource,
  RateRecord,
  RatesSource,
  Source,
  SourceAnswer,
  SourceRequest,
  Warning,
} from './source.js';
import { worldBank } from './world-bank.js';

/** `force` asks again for what is still fresh, and for the whole of it. */
type Ask<Record> = (signal: AbortSignal, force?: boolean) => Promise<SourceAnswer<Record>>;

interface Asks {
  countries: Ask<CountryRecord>;
  rates: Ask<RateRecord>;
  gdp: Ask<GdpRecord>;
}

/** The sources that the settings chose. Whoever creates them closes them. */
export interface Sources extends Asks {
  /** Answer with what they sent last, as far as that is remembered, and are not asked. */
  remembered: Asks;
  /** The rates of a past day, from the one source that keeps them. */
  ratesOn(day: string, signal: AbortSignal): Promise<SourceAnswer<RateRecord>>;
  /** The data set that comes with the project. */
  bundled: typeof bundled;
  /** Stores what was sent since the last time, for the next process. */
  remember(): Promise<void>;
  close(): Promise<void>;
}

export function createSources(config: Config['sources'], memory?: AnswerMemory): Sources {
  const http = createHttpClient({ version: VERSION });
  const { rates, ratesUrls } = config;
  return {
    ...asksBy({ http, memory }, config),
    remembered: asksBy({ http: rememberingOnly(memory) }, config),
    ratesOn: async (day, signal) => {
      const { currencyApiOn } = await import('./currency-api.js');
      const url = ratesUrls[rates.indexOf('currency-api')];
      const ask = askingFor(currencyApiOn(day), url, { http, force: true, config });
      return firstUsable([ask], signal, config.timeoutMs);
    },
    bundled,
    remember: async () => memory?.save(),
    close: () => http.close(),
  };
}

function asksBy(client: Pick<Asking, 'http' | 'memory'>, config: Config['sources']): Asks {
  const { countries, countriesUrls, rates, ratesUrls, gdpUrl } = config;
  const asking = (force: boolean) => ({ ...client, force, config });
  // Whoever asks for the bundled countries alone, by name, wants no network.
  const isOffline = countries.every((name) => name === 'bundled') && gdpUrl === undefined;
  return {
    countries: async (signal, force = false) => {
      const { countriesSources } = await catalogue();
      return firstUsable(
        countries.map((name, index) =>
          name === 'bundled'
            ? bundled.countries
            : askingFor(countriesSources[name], countriesUrls[index], asking(force)),
        ),
        signal,
        config.timeoutMs,
      );
    },
    rates: async (signal, force = false) => {
      const { ratesSources } = await catalogue();
      return firstUsable(
        rates.map((name, index) =>
          name === 'bundled' ? bundled.rates : askingFor(ratesSources[name], ratesUrls[index], asking(force)),
        ),
        signal,
        config.timeoutMs,
      );
    },
    gdp: async (signal, force = false) => {
      const { gdpSource } = await catalogue();
      return firstUsable(
        [isOffline ? bundled.gdp : askingFor(gdpSource, gdpUrl, asking(force))],
        signal,
        config.timeoutMs,
      );
    },
  };
}

/** The adapters check with a library that takes its time to load, and a server answers queries before it refreshes. */
const catalogue = async () => ({ countriesSources, ratesSources, gdpSource });

interface Asking {
  http: JsonClient;
  memory?: AnswerMemory | undefined;
  force: boolean;
  config: Config['sources'];
}

function askingFor<Record>(
  source: Source<Record>,
  url: string | undefined,
  { http, memory, force, config }: Asking,
): TimedAsk<Record> {
  return async (signal, timeoutMs) => {
    const request = { url, apiKey: config.restCountriesApiKey, http, signal, timeoutMs };
    if (!memory) return source.fetch(request);
    const current = force ? null : await stillCurrent(source, request, memory);
    const answer = current ?? (await askedNow(source, request, http, memory, force));
    memory.expect(source.name, answer.nextUpdateAt);
    return answer;
  };
}

async function askedNow<Record>(
  source: Source<Record>,
  request: SourceRequest,
  http: JsonClient,
  memory: AnswerMemory,
  force: boolean,
): Promise<SourceAnswer<Record>> {
  const client = remembering(http, memory, force);
  const answer = await source.fetch({ ...request, http: client });
  client.keep();
  return { ...answer, reused: client.isReused };
}

/**
 * The answer that is remembered, when the source has said that it has nothing newer before a moment to come. It is asked
 * without waiting for the memory only where that moment is known to have passed.
 */
async function stillCurrent<Record>(
  source: Source<Record>,
  request: SourceRequest,
  memory: AnswerMemory,
): Promise<SourceAnswer<Record> | null> {
  if (!source.tellsNextUpdate || memory.knowsOfNewer(source.name)) return null;
  await memory.loaded;
  const answer = await source.fetch({ ...request, http: rememberingOnly(memory) }).catch(() => null);
  const isCurrent = Date.parse(answer?.nextUpdateAt ?? '') > Date.now();
  return answer && isCurrent ? { ...answer, reused: true } : null;
}

/** Every source by its name in the settings: a new one is a file beside this one and a line here. */
export const countriesSources = {
  csc,
  restcountries: restCountries,
  'restcountries-v3': restCountriesV3,
  'restcountries-v2': restCountriesV2,
} satisfies Record<Exclude<CountriesSourceName, 'bundled'>, CountriesSource>;

export const ratesSources = {
  'currency-api': currencyApi,
  'open-er-api': openErApi,
  frankfurter,
} satisfies Record<Exclude<RatesSourceName, 'bundled'>, RatesSource>;

export const gdpSource: GdpSource = worldBank;

/** Asks one source within the time given. */
type TimedAsk<Record> = (signal: AbortSignal, timeoutMs: number) => Promise<SourceAnswer<Record>>;

/**
 * Asks one source after the other until one has a usable answer, all within one overall time: each gets an equal share
 * of what is left. A warning tells of those that failed.
 */
async function firstUsable<Record>(
  asks: readonly TimedAsk<Record>[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<SourceAnswer<Record>> {
  const endsAt = performance.now() + timeoutMs;
  const failures: SourceUnavailableError[] = [];
  for (const [index, ask] of asks.entries()) {
    const shareMs = Math.max(1, Math.round((endsAt - performance.now()) / (asks.length - index)));
    try {
      const answer = await withDeadline(signal, shareMs, (inTime) => ask(inTime, shareMs));
      return { ...answer, warnings: [...failures.map(failedOver(answer)), ...answer.warnings] };
    } catch (error) {
      if (!(error instanceof SourceUnavailableError) || signal.aborted) throw error;
      failures.push(error);
    }
  }
  throw allFailed(failures);
}

function failedOver({ use }: SourceAnswer<unknown>) {
  return ({ details }: SourceUnavailableError): Warning => ({
    code: 'SOURCE_UNAVAILABLE',
    country: null,
    currency: null,
    message: `${details}; ${use.source} was asked instead`,
  });
}

function allFailed(failures: SourceUnavailableError[]): SourceUnavailableError {
  const [first] = failures;
  if (first && failures.length === 1) return first;
  const names = failures.map(({ source }) => source).join(', ');
  const reasons = failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
  return new SourceUnavailableError(names, reasons, first);
}

/** What the data set's files hold: an answer as an adapter gave it when the set was written. */
export type BundledFile<Record> = Pick<SourceAnswer<Record>, 'use' | 'records'>;

const FOLDER = new URL('bundled/', PACKAGE_ROOT);

/** The data set that comes with the project: see bundled/README.md. */
export const bundled = {
  countries: () => read<CountryRecord>('countries.json'),
  rates: () => read<RateRecord>('rates.json'),
  gdp: () => read<GdpRecord>('gdp.json'),
};

async function read<Record>(name: string): Promise<SourceAnswer<Record>> {
  try {
    const { use, records } = JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as BundledFile<Record>;
    return { use, records, received: records.length, warnings: [] };
  } catch (cause) {
    throw new SourceUnavailableError('bundled', `${name} cannot be read: ${(cause as Error).message}`, cause);
  }
}
