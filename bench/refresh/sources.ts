import { late } from '../../test/upstream/faults.js';
import { startUpstream, type Upstream } from '../../test/upstream/upstream.js';

export interface SlowSources {
  settings: NodeJS.ProcessEnv;
  /** What every peer does before it writes: ask for the same three answers, and read them. */
  fetchAll(): Promise<void>;
  close(): Promise<void>;
}

/** The sources as a stub; the slowest takes this long, the others half of it. */
export async function startSlowSources(slowestMs: number): Promise<SlowSources> {
  const upstream: Upstream = await startUpstream();
  upstream.answer('restcountries-v3', late(slowestMs));
  upstream.answer('currency-api', late(slowestMs / 2));
  upstream.answer('world-bank', late(slowestMs / 2));
  const urls = [
    upstream.urls['restcountries-v3'],
    upstream.urls['currency-api'],
    upstream.urls['world-bank'],
  ];
  return {
    settings: {
      COUNTRIES_SOURCE: 'restcountries-v3',
      COUNTRIES_URL: upstream.urls['restcountries-v3'],
      RATES_URL: upstream.urls['currency-api'],
      GDP_URL: upstream.urls['world-bank'],
    },
    fetchAll: async () => {
      await Promise.all(urls.map(async (url) => (await fetch(url)).json()));
    },
    close: () => upstream.close(),
  };
}
