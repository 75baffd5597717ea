import type { Config } from '../../config.js';
import { VERSION } from '../../version.js';
import type { AnswerMemory } from './answer-memory.js';
import { bundled } from './bundled.js';
import { firstUsable, type TimedAsk } from './fallback.js';
import { createHttpClient, type JsonClient } from './http.js';
import { remembering, rememberingOnly } from './remembering-client.js';
import type { CountryRecord, GdpRecord, RateRecord, Source, SourceAnswer, SourceRequest } from './source.js';

/** `force` asks again for what is still fresh, and for the whole of it. */
type Ask<Record> = (signal: AbortSignal, force?: boolean) => Promise<SourceAnswer<Record>>;

interface Asks {
  countries: Ask<CountryRecord>;
  rates: Ask<RateRecord>;
  gdp: Ask<GdpRecord>;
}

/** The sources that the settings chose. Whoever creates them closes them. */
export interface Sources extends Asks {
  /** When they were asked, on the clock of `performance.now`, where that was before a refresh asks them. */
  readonly askedAt?: number | undefined;
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
const catalogue = () => import('./catalogue.js');

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
