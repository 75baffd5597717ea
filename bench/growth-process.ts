import { sql } from 'kysely';
import { addDays } from '../src/days.js';
import { connectDatabase } from '../src/db/connect.js';
import { backfill } from '../src/refresh/backfill.js';

// Writes the given number of rates into an empty table, in one transaction, with the writer that a refresh uses, and
// then continues with a backfill. The only part of the benchmarks that needs modules of the product: none of its
// commands writes this much at once.

const WARM_UP = 20_000;
const MADE_TOGETHER = 1_000;
const CODES = Intl.supportedValuesOf('currency').slice(0, 170);
/** With every second day from here on, a million rates are more than 30 years of all currencies. */
const FIRST_DAY = '1990-01-01';
const BACKFILL_DAYS = 20;

const [url = '', rows = '0'] = process.argv.slice(2);
const database = await connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 0 });
await database.migrate();
// After this, modules are loaded, code is compiled, and the heap is as large as in a process at work.
await fill(WARM_UP);
const found = await fill(Number(rows));
// PostgreSQL does this on its own within minutes.
if (url.startsWith('postgres')) await sql`vacuum analyze`.execute(database.kysely);
process.send?.({ written: { ...found, peakMb: process.resourceUsage().maxRSS / 1e3 } });

async function fill(total: number) {
  await database.kysely.deleteFrom('exchange_rates').execute();
  await database.kysely.deleteFrom('currencies').execute();
  const begun = performance.now();
  await write(total);
  const writeMs = performance.now() - begun;
  const currencies = CODES.map((code) => ({ code, name: null, symbol: null }));
  await database.kysely.insertInto('currencies').values(currencies).execute();
  const backfillUs = await backfillBehind(total);
  return { writeMs, backfillUs };
}

async function write(total: number): Promise<void> {
  const writer = database.openWriter();
  await writer.write({ [Symbol.iterator]: () => statements(total) }, { wasCommitted: async () => false });
  writer.close();
}

/** Made as they are sent, so that the memory measured is the writer's. */
function* statements(total: number) {
  for (let from = 0; from < total; from += MADE_TOGETHER) {
    const length = Math.min(MADE_TOGETHER, total - from);
    const rates = Array.from({ length }, (_, at) => rate(from + at));
    yield* database.upsert('exchange_rates', rates, ['currency_code', 'observed_on'], 100);
  }
}

function rate(at: number) {
  return {
    currency_code: CODES[at % CODES.length] as string,
    observed_on: dayOf(at),
    rate: 1 + (at % 997) / 1000,
    source: 'bench',
  };
}

function dayOf(at: number): string {
  return addDays(FIRST_DAY, 2 * Math.floor(at / CODES.length));
}

/** One day per request, as from the source with the most currencies. Returns microseconds per rate. */
async function backfillBehind(total: number): Promise<number> {
  const source = {
    source: 'bench',
    firstDay: FIRST_DAY,
    maxDays: 1,
    longestPause: 0,
    minRates: CODES.length,
    fetch: async ({ from }: { from: string }) => ({
      use: { source: 'bench', url: '', observedAt: from, licence: '', attribution: '', bundled: false },
      records: CODES.map((currency) => ({ currency, observedOn: from, rate: 1.5 })),
      received: CODES.length,
      warnings: [],
    }),
  };
  const from = addDays(dayOf(total), 1);
  const begun = performance.now();
  const to = addDays(from, BACKFILL_DAYS - 1);
  await backfill({ database, sources: { pastRates: () => source }, batchSize: 100, pauseMs: 0, from, to });
  return ((performance.now() - begun) * 1000) / (BACKFILL_DAYS * CODES.length);
}
