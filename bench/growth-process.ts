import { readLastRates } from '../src/currencies/currency.service.js';
import { connectDatabase } from '../src/db/connect.js';
import type { ExchangeRateRow } from '../src/db/tables.js';
import { quantile } from './lib/rounds.js';

/** Made together. */
const AT_ONCE = 1_000;
const WARM_UP = 20_000;

const CURRENCIES = Array.from(
  { length: 170 },
  (_, at) => `${String.fromCharCode(65 + Math.floor(at / 26))}${String.fromCharCode(65 + (at % 26))}X`,
);

// Writes that many rates into an empty table, and reads a year of one of them.
const [url = '', count = '0'] = process.argv.slice(2);
const database = await connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 0 });
await database.migrate();
await database.kysely.deleteFrom('exchange_rates').execute();
await database.kysely.deleteFrom('currencies').execute();
const total = Number(count);
const key = ['currency_code', 'observed_on'] as const;
// So that modules are loaded and compiled, and the heap has the size of a process at work.
await write(WARM_UP);
await database.kysely.deleteFrom('exchange_rates').execute();
const before = process.resourceUsage().maxRSS;
const begun = performance.now();
await write(total);
const writeMs = performance.now() - begun;
const memoryMb = (process.resourceUsage().maxRSS - before) / 1e3;
await database.kysely
  .insertInto('currencies')
  .values(CURRENCIES.map((code) => ({ code, name: null, symbol: null })))
  .execute();
process.send?.({ point: { rows: total, writeMs, memoryMb, historyMs: await historyMs() } });

/** In one transaction, as a refresh writes; the rows are made as they are sent. */
async function write(rows: number): Promise<void> {
  const writer = database.openWriter();
  const statements = { [Symbol.iterator]: () => statementsFor(rows) };
  await writer.write(statements, { hasLanded: async () => false });
  writer.close();
}

function* statementsFor(rows: number) {
  for (let from = 0; from < rows; from += AT_ONCE) {
    const some = ratesFrom(from, Math.min(AT_ONCE, rows - from));
    yield* database.upsert('exchange_rates', some, key, 100);
  }
}

function ratesFrom(from: number, count: number): ExchangeRateRow[] {
  return Array.from({ length: count }, (_, at) => {
    const place = from + at;
    return {
      currency_code: CURRENCIES[place % CURRENCIES.length] as string,
      observed_on: new Date(Date.UTC(2000, 0, 1 + Math.floor(place / CURRENCIES.length)))
        .toISOString()
        .slice(0, 10),
      rate: 1 + (place % 997) / 1000,
      source: 'bench',
    };
  });
}

async function historyMs(): Promise<number> {
  const samples: number[] = [];
  for (let at = 0; at < 30; at++) {
    const started = performance.now();
    await database.kysely
      .selectFrom('exchange_rates')
      .select(['observed_on', 'rate'])
      .where('currency_code', '=', 'AAX')
      .where('observed_on', '>=', '2000-01-01')
      .where('observed_on', '<=', '2000-12-31')
      .orderBy('observed_on')
      .execute();
    await readLastRates(database, { codes: ['AAX', 'ABX'] });
    samples.push(performance.now() - started);
  }
  return quantile(
    samples.toSorted((a, b) => a - b),
    0.5,
  );
}
