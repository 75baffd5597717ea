/**
 * Writes the data set in bundled/ with the adapters and the merge of the product. Without files it queries the live
 * sources. With stored answers (in the sources' own formats), for instance:
 *
 *   npm run bundle -- --countries v3.json --countries-from https://... --countries-day 2026-02-25 \
 *     --rates usd.json --rates-from https://... --gdp gdp.json --gdp-from https://...
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.js';
import { GdpMethod } from '../src/countries/gdp.js';
import { merge } from '../src/refresh/merge.js';
import type { Merged } from '../src/refresh/model.js';
import type { SourceAnswer } from '../src/sources/source.js';
import type { BundledFile } from '../src/sources/sources.js';
import { createSources } from '../src/sources/sources.js';
import { BUNDLED_FOLDER, writeReadme } from './bundled-readme.js';

const FIGURES = ['countries', 'rates', 'gdp'] as const;

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    'countries-source': { ...text, default: 'restcountries-v3' },
    'rates-source': { ...text, default: 'currency-api' },
    ...Object.fromEntries(FIGURES.flatMap((it) => [it, `${it}-from`, `${it}-day`]).map((name) => [name, text])),
  },
});
const options = values as Record<string, string | undefined>;

const server = await serveStoredAnswers();
const sources = createSources(readConfig(environment(server.url)).sources);
try {
  const signal = new AbortController().signal;
  const [countries, rates, gdp] = await Promise.all([
    sources.countries(signal),
    sources.rates(signal),
    sources.gdp(signal),
  ]);
  const merged = merge({ countries, rates, gdp, warnings: [] }, nothingStored(), {
    now: new Date(),
    gdpMethod: GdpMethod.PER_CAPITA,
    random: Math.random,
  });
  const known = new Set(merged.countries.map((row) => row.code));
  // Among the countries, the World Bank sends aggregates such as "Euro area".
  const ofCountries = { ...gdp, records: gdp.records.filter((record) => known.has(record.code)) };
  await write({
    countries: asBundled('countries', countries, (it) => it.code),
    rates: asBundled('rates', rates, (it) => it.currency),
    gdp: asBundled('gdp', ofCountries, (it) => it.code),
  });
  report(merged);
} finally {
  await sources.close();
  server.close();
}

function environment(url: string): Record<string, string | undefined> {
  return {
    COUNTRIES_SOURCE: options['countries-source'],
    RATES_SOURCE: options['rates-source'],
    COUNTRIES_URL: options.countries && `${url}/countries`,
    RATES_URL: options.rates && `${url}/rates`,
    GDP_URL: options.gdp && `${url}/gdp`,
  };
}

async function serveStoredAnswers() {
  const server = createServer(async (request, response) => {
    const name = FIGURES.find((it) => request.url?.startsWith(`/${it}`)) ?? 'countries';
    response.setHeader('content-type', 'application/json');
    response.end(await readFile(options[name] ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function asBundled<T>(
  name: (typeof FIGURES)[number],
  answer: SourceAnswer<T>,
  key: (record: T) => string,
): BundledFile<T> {
  const { use, records } = answer;
  const url = options[`${name}-from`] ?? use.url;
  const observedAt = use.observedAt ?? options[`${name}-day`] ?? null;
  const sorted = [...records].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { use: { ...use, url, observedAt, bundled: true }, records: sorted };
}

async function write(files: Record<(typeof FIGURES)[number], BundledFile<unknown>>): Promise<void> {
  await mkdir(BUNDLED_FOLDER, { recursive: true });
  for (const [name, { use, records }] of Object.entries(files)) {
    // One record per line, so that the difference between two data sets is readable.
    const lines = records.map((record) => JSON.stringify(record)).join(',\n');
    await writeFile(
      new URL(`${name}.json`, BUNDLED_FOLDER),
      `{"use":${JSON.stringify(use)},"records":[\n${lines}\n]}\n`,
    );
  }
  await writeReadme();
}

function report({ countries, rates, warnings }: Merged): void {
  const estimated = countries.filter((row) => row.estimated_gdp !== null);
  console.log(`${countries.length} countries, ${rates.length} rates, ${estimated.length} estimates`);
  for (const warning of warnings) console.log(`${warning.code}: ${warning.message}`);
}

function nothingStored() {
  return {
    countries: new Map(),
    currencies: new Map(),
    links: [],
    rates: new Map(),
    quarantined: new Map(),
    excluded: new Set<string>(),
    sources: [],
    refreshedAt: null,
  };
}
