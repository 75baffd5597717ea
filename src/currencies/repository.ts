import type { Kysely } from 'kysely';
import type { CurrencyRow, ExchangeRateRow, Tables } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
// Types only: a refresh loads this file, and no GraphQL.
import type { Currency, CurrencyDates, DateSpan } from './currency.type.js';
import { minorUnit, numericCode } from './currency-codes.js';
import { type Series, servedSeries, withEuro } from './rates.js';

interface RateDatabase {
  readonly kysely: Kysely<Tables>;
}

/** A currency without what depends on the day. */
export type StoredCurrency = Omit<Currency, keyof CurrencyDates>;

/** All stored currencies with their last rates. */
export async function readCurrencies(database: RateDatabase): Promise<StoredCurrency[]> {
  const [rows, rates] = await Promise.all([
    database.kysely.selectFrom('currencies').selectAll().execute(),
    readLastRates(database),
  ]);
  const lastRates = byCode(rates);
  return rows.map((row) => toCurrency(row, lastRates.get(row.code)));
}

export function toCurrency(
  { code, name, symbol }: CurrencyRow,
  lastRate: ExchangeRateRow | null = null,
): StoredCurrency {
  return {
    id: code,
    code,
    englishName: name,
    sourceSymbol: symbol,
    numeric: numericCode(code),
    minorUnit: minorUnit(code),
    lastRate,
  };
}

export function byCode(rates: readonly ExchangeRateRow[]): Map<string, ExchangeRateRow> {
  return new Map(rates.map((rate) => [rate.currency_code, rate]));
}

interface LastRatesOptions {
  codes?: readonly string[];
  on?: string | undefined;
}

/** The last observation of each currency up to the day, or the last of all. Currencies without one are left out. */
export function readLastRates(database: RateDatabase, options: LastRatesOptions = {}) {
  const { codes, on } = options;
  return readEndRates(database, codes, 'desc', on === undefined ? undefined : ['<=', on]);
}

/** The first observation of each currency after the day, or the first of all. */
export function readNextRates(database: RateDatabase, after?: string, codes?: readonly string[]) {
  return readEndRates(database, codes, 'asc', after === undefined ? undefined : ['>', after]);
}

async function readEndRates(
  { kysely }: RateDatabase,
  codes: readonly string[] | undefined,
  order: 'asc' | 'desc',
  limit: ['<=' | '>', string] | undefined,
): Promise<ExchangeRateRow[]> {
  // Starting from the currencies with a left join, a database looks up one row for each. Otherwise it would read the
  // whole history, and with `max` in place of `limit` MySQL would read all days of each currency.
  const rows = await kysely
    .selectFrom('currencies as c')
    .leftJoin('exchange_rates as r', (join) =>
      join.onRef('r.currency_code', '=', 'c.code').on('r.observed_on', '=', (eb) =>
        eb
          .selectFrom('exchange_rates as edge')
          .select('edge.observed_on')
          .whereRef('edge.currency_code', '=', 'c.code')
          .$if(limit !== undefined, (edge) => edge.where('edge.observed_on', ...(limit as ['<=' | '>', string])))
          .orderBy('edge.observed_on', order)
          .limit(1),
      ),
    )
    .select(['r.currency_code', 'r.observed_on', 'r.rate', 'r.source'])
    .$if(codes !== undefined, (select) => select.where('c.code', 'in', [...new Set(codes)]))
    .execute();
  return rows.filter((row): row is ExchangeRateRow => row.rate !== null);
}

/** What is served of each day, by code. */
export async function readSeries(
  { kysely }: RateDatabase,
  codes: readonly string[],
  { from, to, limit }: { from: string; to?: string | null | undefined; limit: number },
): Promise<ReadonlyMap<string, Series>> {
  const needed = withEuro(codes);
  const rows = await kysely
    .selectFrom('exchange_rates')
    .selectAll()
    .where('currency_code', 'in', needed)
    .where('observed_on', '>=', from)
    .$if(typeof to === 'string', (days) => days.where('observed_on', '<=', to as string))
    .orderBy('currency_code')
    .orderBy('observed_on')
    .limit(limit + 1)
    .execute();
  if (rows.length > limit) {
    throw new BadUserInputError(`Request fewer currencies or days: at most ${limit} observations at once`);
  }
  const series = new Map(needed.map((code) => [code, new Map<string, ExchangeRateRow>()]));
  for (const row of rows) series.get(row.currency_code)?.set(row.observed_on, row);
  return new Map(codes.map((code) => [code, servedSeries(code, series)]));
}

/** The `source` columns of what is served of these days. */
export async function readSources(
  { kysely }: RateDatabase,
  codes: readonly string[],
  { from, to }: DateSpan,
): Promise<string[]> {
  const rows = await kysely
    .selectFrom('exchange_rates')
    .select('source')
    .distinct()
    .where('currency_code', 'in', withEuro(codes))
    .where('observed_on', '>=', from)
    .where('observed_on', '<=', to)
    .orderBy('source')
    .execute();
  return rows.map(({ source }) => source);
}
