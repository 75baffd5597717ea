import { message, startMeasurable } from './process.js';

export interface SlowSources {
  /** For the product. */
  settings: NodeJS.ProcessEnv;
  /** What every peer does before it writes: fetches the same three answers and parses them. */
  fetchAll(): Promise<void>;
  close(): Promise<void>;
}

/** Stubs of the sources in a process of their own; the slowest takes this long, the others half as long. */
export async function startSlowSources(slowestMs: number): Promise<SlowSources> {
  const stub = startMeasurable(new URL('sources-process.ts', import.meta.url), [String(slowestMs)]);
  const urls = await message<[string, string, string]>(stub.child, 'urls');
  const [COUNTRIES_URL, RATES_URL, GDP_URL] = urls;
  return {
    settings: { COUNTRIES_SOURCE: 'restcountries-v3', COUNTRIES_URL, RATES_URL, GDP_URL },
    fetchAll: async () => {
      await Promise.all(urls.map(async (url) => (await fetch(url)).json()));
    },
    close: () => stub.stop(),
  };
}
