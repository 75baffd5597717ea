import { RateService } from '../src/currencies/rate.service.js';
import { connectDatabase } from '../src/db/connect.js';
import type { ExchangeRateRow } from '../src/db/tables.js';
import { quantile } from './lib/rounds.js';

// Writes that many rates into an empty table, and reads a year of one of them.
const [url = '', count = '0'] = process.argv.slice(2);
const database = await connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 0 });
await database.migrate();
await database.kysely.deleteFrom('exchange_rates').execute();
const rows = ratesOf(Number(count));
const key = ['currency_code', 'observed_on'] as const;
// Once, small, so that modules are loaded and compiled.
await write(rows.slice(0, 100));
const before = process.resourceUsage().maxRSS;
const begun = performance.now();
await write(rows);
const writeMs = performance.now() - begun;
const memoryMb = (process.resourceUsage().maxRSS - before) / 1e3;
process.send?.({ point: { rows: rows.length, writeMs, memoryMb, historyMs: await historyMs() } });

async function write(some: ExchangeRateRow[]): Promise<void> {
  const writer = database.openWriter();
  await writer.write(database.upsert('exchange_rates', some, key, 100), { hasLanded: async () => false });
  writer.close();
}

function ratesOf(total: number): ExchangeRateRow[] {
  const currencies = Math.min(170, total);
  return Array.from({ length: total }, (_, at) => ({
    currency_code: `${String.fromCharCode(65 + (((at % currencies) / 26) | 0))}${String.fromCharCode(65 + ((at % currencies) % 26))}X`,
    observed_on: new Date(Date.UTC(2000, 0, 1 + Math.floor(at / currencies))).toISOString().slice(0, 10),
    rate: 1 + (at % 997) / 1000,
    source: 'bench',
  }));
}

async function historyMs(): Promise<number> {
  const rates = new RateService(database);
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
    await rates.observations(['AAX', 'ABX']);
    samples.push(performance.now() - started);
  }
  return quantile(
    samples.toSorted((a, b) => a - b),
    0.5,
  );
}
