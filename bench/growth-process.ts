import { connectDatabase } from '../src/db/connect.js';

// Writes that many rates into an empty table, in one transaction, with the writer that a refresh uses. The only part
// of the benchmarks that needs a module of the product: no command of it writes so much at once.

const WARM_UP = 20_000;
const MADE_TOGETHER = 1_000;
const CODES = Intl.supportedValuesOf('currency').slice(0, 170);

const [url = '', rows = '0'] = process.argv.slice(2);
const database = await connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 0 });
await database.migrate();
await empty();
// Modules are loaded, code is compiled, and the heap has the size of a process at work.
await write(WARM_UP);
await empty();
const begun = performance.now();
await write(Number(rows));
const writeMs = performance.now() - begun;
const currencies = CODES.map((code) => ({ code, name: null, symbol: null }));
await database.kysely.insertInto('currencies').values(currencies).execute();
process.send?.({ written: { writeMs, peakMb: process.resourceUsage().maxRSS / 1e3 } });

async function empty(): Promise<void> {
  await database.kysely.deleteFrom('exchange_rates').execute();
  await database.kysely.deleteFrom('currencies').execute();
}

async function write(total: number): Promise<void> {
  const writer = database.openWriter();
  await writer.write({ [Symbol.iterator]: () => statements(total) }, { wasCommitted: async () => false });
  writer.close();
}

/** Made as they are sent, so that memory is the writer's. */
function* statements(total: number) {
  for (let from = 0; from < total; from += MADE_TOGETHER) {
    const length = Math.min(MADE_TOGETHER, total - from);
    const rates = Array.from({ length }, (_, at) => rate(from + at));
    yield* database.upsert('exchange_rates', rates, ['currency_code', 'observed_on'], 100);
  }
}

function rate(at: number) {
  const day = new Date(Date.UTC(2000, 0, 1 + Math.floor(at / CODES.length)));
  return {
    currency_code: CODES[at % CODES.length] as string,
    observed_on: day.toISOString().slice(0, 10),
    rate: 1 + (at % 997) / 1000,
    source: 'bench',
  };
}
