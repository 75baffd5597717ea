import { setTimeout as delay } from 'node:timers/promises';
import { startDelayProxy } from './lib/delay-proxy.js';
import { query, refresh, startProduct, withFolder } from './lib/process.js';
import { startSlowSources } from './lib/sources.js';
import { type Measured, summarise } from './lib/statistics.js';
import { atMost, type Part } from './part.js';

interface KindOfQuery {
  kind: string;
  roundTrips: Measured;
  ms: Measured;
}

/** Longer than a server may trust what it knows of the database without asking (one second). */
const PAUSE_MS = 1_100;
const ROUND_TRIP_MS = 100;

const KINDS: Record<string, string> = {
  'a list': '{ countries { nodes { code name capital population exchangeRate estimatedGdp } } }',
  'a page, filtered and ordered':
    '{ countries(first: 9, filter: { regions: [AFRICA] }, orderBy: [{ field: POPULATION }]) { totalCount nodes { name } } }',
  'one country with its currencies': '{ country(code: "CI") { name currencies { code rate { rate } } } }',
  'sums by region': '{ countryStats(groupBy: REGION) { key count population } }',
  'currencies with their rates': '{ currencies { code name rate { rate } countries { code } } }',
  'a conversion': '{ convert(amount: 7, from: "USD", to: ["EUR", "XOF"]) { result } }',
};

/** How many round trips to the database a query that was never sent before waits for, while the data are known. */
export const newQueriesPart: Part<KindOfQuery[]> = {
  measure: async ({ database, plan: { newQueries } }) => {
    if (!database) return [];
    const proxy = await startDelayProxy(database.port, ROUND_TRIP_MS);
    const sources = await startSlowSources(0);
    return withFolder(async (folder) => {
      const settings = { ...sources.settings, CACHE_DIR: folder, DATABASE_URL: database.url(proxy.port) };
      const server = await startProduct(settings);
      await (await refresh(server.url)).settled();
      let sent = 0;
      const ask = async (text: string) => {
        sent += 1;
        proxy.takeRoundTrips();
        const begun = performance.now();
        await query(server.url, { query: `query new${sent} ${text}` });
        const ms = performance.now() - begun;
        // What the server asks in the background costs the query no time.
        return { ms, roundTrips: Math.min(proxy.takeRoundTrips(), Math.floor(ms / ROUND_TRIP_MS)) };
      };
      for (const text of Object.values(KINDS)) await ask(text);
      const found: KindOfQuery[] = [];
      for (const [kind, text] of Object.entries(KINDS)) {
        const samples: Awaited<ReturnType<typeof ask>>[] = [];
        while (samples.length < newQueries) {
          await delay(PAUSE_MS);
          samples.push(await ask(text));
        }
        const of = (what: 'ms' | 'roundTrips') => summarise(samples.map((sample) => sample[what]));
        found.push({ kind, roundTrips: of('roundTrips'), ms: of('ms') });
      }
      await server.process.stop();
      await sources.close();
      proxy.close();
      return found;
    });
  },
  sections: (found) => [
    {
      title: `New queries with the database ${ROUND_TRIP_MS} ms away`,
      heads: ['', 'round trips waited for', 'ms'],
      rows: found.map(({ kind, roundTrips, ms }) => [kind, roundTrips, ms]),
    },
  ],
  floors: (found) => {
    const worst = Math.max(...found.map(({ roundTrips }) => roundTrips.median));
    return [atMost(0, `round trips of a new query, database ${ROUND_TRIP_MS} ms away, data known`, worst)];
  },
};
