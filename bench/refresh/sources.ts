import { message, startMeasurable } from '../lib/process.js';

export interface SlowSources {
  settings: NodeJS.ProcessEnv;
  /** What every peer does before it writes: ask for the same three answers, and read them. */
  fetchAll(): Promise<void>;
  close(): Promise<void>;
}

/** The sources as a stub in a process of its own; the slowest takes this long, the others half of it. */
export async function startSlowSources(slowestMs: number): Promise<SlowSources> {
  const stub = startMeasurable(new URL('../lib/sources-process.ts', import.meta.url), [String(slowestMs)]);
  const urls = (await message(stub.child, 'urls')) as [string, string, string];
  const [COUNTRIES_URL, RATES_URL, GDP_URL] = urls;
  return {
    settings: { COUNTRIES_SOURCE: 'restcountries-v3', COUNTRIES_URL, RATES_URL, GDP_URL },
    fetchAll: async () => {
      await Promise.all(urls.map(async (url) => (await fetch(url)).json()));
    },
    close: () => stub.stop(),
  };
}
