import type { Kysely } from 'kysely';
import type { CurrencyRow, ExchangeRateRow, Tables } from '../db/tables.js';
import { chunk } from '../db/write.js';
import { BadUserInputError } from '../errors.js';
// Types only: a refresh loads this file, and no GraphQL.
import type { Currency, CurrencyDates, DateSpan } from './currency.type.js';
import { minorUnit, numericCode } from './currency-codes.js';
import { type Series, servedSeries, withEuro } from './rates.js';

export interface RateDatabase {
  readonly kysely: Kysely<Tables>;
}

/** A currency without the fields that depend on the day. */
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

/** The last observation of each currency that has one. */
export async function readLastRates({ kysely }: RateDatabase): Promise<ExchangeRateRow[]> {
  // Starting from the currencies with a left join, a database looks up one row for each. Otherwise it would read the
  // whole history. With `max` in place of `limit` MySQL would read all days of each currency, and without the order of
  // the whole key MySQL 9 as well.
  const rows = await kysely
    .selectFrom('currencies as c')
    .leftJoin('exchange_rates as r', (join) =>
      join
        .onRef('r.currency_code', '=', 'c.code')
        .on('r.observed_on', '=', (eb) =>
          eb
            .selectFrom('exchange_rates as edge')
            .select('edge.observed_on')
            .whereRef('edge.currency_code', '=', 'c.code')
            .orderBy('edge.currency_code', 'desc')
            .orderBy('edge.observed_on', 'desc')
            .limit(1),
        ),
    )
    .select(['r.currency_code', 'r.observed_on', 'r.rate', 'r.source'])
    .execute();
  return rows.filter((row): row is ExchangeRateRow => row.rate !== null);
}

/** The last observation of each of these currencies up to the day. */
export function readRatesUpTo(database: RateDatabase, codes: readonly string[], day: string) {
  return readNearest(database, codes, 'desc', ['<=', day]);
}

/** The first observation of each of these currencies after the day, or the first of all. */
export function readRatesAfter(database: RateDatabase, codes: readonly string[], day?: string) {
  return readNearest(database, codes, 'asc', day === undefined ? undefined : ['>', day]);
}

/** SQLite allows 500. */
const MAX_UNION = 400;

/**
 * A look-up for each currency, all in one statement. In a join as above MySQL would begin at the last day, and read all
 * days back to the one requested.
 */
async function readNearest(
  { kysely }: RateDatabase,
  codes: readonly string[],
  order: 'asc' | 'desc',
  limit: ['<=' | '>', string] | undefined,
): Promise<ExchangeRateRow[]> {
  const nearest = (code: string) =>
    kysely
      .selectFrom((eb) =>
        eb
          .selectFrom('exchange_rates')
          .selectAll()
          .where('currency_code', '=', code)
          .$if(limit !== undefined, (rates) => rates.where('observed_on', ...(limit as ['<=' | '>', string])))
          .orderBy('observed_on', order)
          .limit(1)
          .as('nearest'),
      )
      .selectAll();
  const reads = Array.from(chunk(new Set(codes), MAX_UNION), ([first = '', ...others]) =>
    nearest(first).unionAll(others.map(nearest)).execute(),
  );
  return (await Promise.all(reads)).flat();
}

interface Days {
  from: string;
  to?: string | null | undefined;
}

/**
 * The observations of these currencies, at least one, on these days. Codes are given even for all currencies, because the
 * primary key begins with the code: by the day alone, a database would read the whole history.
 */
export function ratesWithin({ kysely }: RateDatabase, codes: readonly string[], { from, to }: Days) {
  return kysely
    .selectFrom('exchange_rates')
    .where('currency_code', 'in', codes)
    .where('observed_on', '>=', from)
    .$if(typeof to === 'string', (days) => days.where('observed_on', '<=', to as string));
}

export async function readCodes({ kysely }: RateDatabase): Promise<string[]> {
  const rows = await kysely.selectFrom('currencies').select('code').execute();
  return rows.map(({ code }) => code);
}

/** What is served for each day, by code. */
export async function readSeries(
  database: RateDatabase,
  codes: readonly string[],
  { limit, ...days }: Days & { limit: number },
): Promise<ReadonlyMap<string, Series>> {
  const needed = withEuro(codes);
  const rows = await ratesWithin(database, needed, days)
    .selectAll()
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

/** The `source` columns of what is served for these days. */
export async function readSources(database: RateDatabase, codes: readonly string[], days: DateSpan): Promise<string[]> {
  const rows = await ratesWithin(database, withEuro(codes), days)
    .select('source')
    .distinct()
    .orderBy('source')
    .execute();
  return rows.map(({ source }) => source);
}
