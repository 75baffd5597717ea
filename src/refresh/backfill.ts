import { setTimeout as delay } from 'node:timers/promises';
import type { Database, Statement } from '../db/database.js';
import type { CurrencyRow, ExchangeRateRow } from '../db/tables.js';
import { AppError, BadUserInputError, SourceUnavailableError } from '../errors.js';
import { currencyApi, FIRST_DAY } from '../sources/currency-api.js';
import { isDay } from '../sources/json.js';
import { MIN_MARKET_RATES, type RateRecord } from '../sources/source.js';
import type { Sources } from '../sources/sources.js';

export interface BackfillOptions extends BackfillDays {
  database: Database;
  sources: Pick<Sources, 'ratesOn'>;
  batchSize: number;
  /** Fetches days that are stored as well. */
  again?: boolean;
  /** The pause between two requests: the source is free of charge, and there is no hurry. */
  pauseMs?: number;
  onDay?: (progress: BackfillProgress) => void;
}

export interface BackfillProgress {
  day: string;
  done: number;
  total: number;
  /** Why the day could not be had; null when it is stored. */
  failure: string | null;
}

export interface BackfillReport {
  stored: string[];
  /** Those that were there already. */
  skipped: string[];
  missing: { day: string; reason: string }[];
}

/** A few days are missing at the source; this many in a row mean that it is down, or that we are. */
const MAX_FAILURES_IN_A_ROW = 5;

/**
 * Fetches past days one after the other and stores each by itself, so that whatever stops it, the next run goes on
 * behind the last day stored. Observations that another source has brought are left as they are.
 */
export async function backfill(options: BackfillOptions): Promise<BackfillReport> {
  const { database, sources, again = false, pauseMs = 200, onDay } = options;
  const days = backfillDays(options);
  const known = again ? new Set<string>() : await storedDays(database, days);
  const wanted = days.filter((day) => !known.has(day));
  const report: BackfillReport = { stored: [], skipped: days.filter((day) => known.has(day)), missing: [] };
  let failuresInARow = 0;
  for (const [at, day] of wanted.entries()) {
    if (at > 0) await delay(pauseMs);
    const failure = await backfillDay(options, day, sources);
    if (failure === null) report.stored.push(day);
    else report.missing.push({ day, reason: failure.reason });
    onDay?.({ day, done: at + 1, total: wanted.length, failure: failure?.reason ?? null });
    failuresInARow = failure === null ? 0 : failuresInARow + 1;
    if (failuresInARow === MAX_FAILURES_IN_A_ROW) throw givenUp(report, failure);
  }
  return report;
}

/** A day is there when this source has brought as many rates as it takes for an answer. */
async function storedDays({ kysely }: Database, days: string[]): Promise<Set<string>> {
  const rows = await kysely
    .selectFrom('exchange_rates')
    .select('observed_on as day')
    .where('source', '=', currencyApi.name)
    .where('observed_on', '>=', days.at(0) ?? '')
    .where('observed_on', '<=', days.at(-1) ?? '')
    .groupBy('observed_on')
    .having((eb) => eb.fn.countAll(), '>=', MIN_MARKET_RATES)
    .execute();
  return new Set(rows.map((row) => row.day));
}

async function backfillDay(
  { database, batchSize }: BackfillOptions,
  day: string,
  sources: BackfillOptions['sources'],
): Promise<SourceUnavailableError | null> {
  try {
    const { records } = await sources.ratesOn(day, new AbortController().signal);
    await database.writeAtomically(await statements(database, day, records, batchSize));
    return null;
  } catch (error) {
    if (error instanceof SourceUnavailableError) return error;
    throw error;
  }
}

async function statements(
  database: Database,
  day: string,
  records: RateRecord[],
  batchSize: number,
): Promise<Statement[]> {
  const [currencies, others] = await Promise.all([
    database.kysely.selectFrom('currencies').select('code').execute(),
    database.kysely
      .selectFrom('exchange_rates')
      .select('currency_code as code')
      .where('observed_on', '=', day)
      .where('source', '!=', currencyApi.name)
      .execute(),
  ]);
  const known = new Set(currencies.map(({ code }) => code));
  const taken = new Set(others.map(({ code }) => code));
  const rows = records.filter(({ currency }) => !taken.has(currency)).map(toRow);
  const newcomers = rows.filter((row) => !known.has(row.currency_code)).map(toCurrency);
  return [
    ...database.upsert('currencies', newcomers, ['code'], batchSize),
    ...database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], batchSize),
  ];
}

function toRow({ currency, observedOn, rate }: RateRecord): ExchangeRateRow {
  return { currency_code: currency, observed_on: observedOn, rate, source: currencyApi.name };
}

function toCurrency({ currency_code: code }: ExchangeRateRow): CurrencyRow {
  return { code, name: null, symbol: null };
}

function givenUp({ stored }: BackfillReport, last: SourceUnavailableError | null): AppError {
  return new AppError(
    'EXTERNAL_SOURCE_UNAVAILABLE',
    `Given up after ${MAX_FAILURES_IN_A_ROW} days in a row that could not be had; ${stored.length} days were stored. ` +
      'Run it again to go on',
    { details: last?.reason ?? '', cause: last },
  );
}

export interface BackfillDays {
  from: string;
  /** Yesterday when undefined: today's rates are the refresh's. */
  to?: string | undefined;
  now?: Date;
}

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** All days from the first to the last. Throws BadUserInputError for an invalid date, or one without rates. */
export function backfillDays({ from, to, now = new Date() }: BackfillDays): string[] {
  const today = now.toISOString().slice(0, 10);
  const last = to ?? new Date(now.getTime() - MS_PER_DAY).toISOString().slice(0, 10);
  for (const day of [from, last]) {
    if (!isDay(day)) throw new BadUserInputError(`"${day}" is no day: write it as 2026-03-19`);
  }
  if (from > last) throw new BadUserInputError(`The first day (${from}) is after the last (${last})`);
  if (from < FIRST_DAY) throw new BadUserInputError(`Rates are kept since ${FIRST_DAY}, not for ${from}`);
  if (last > today) throw new BadUserInputError(`There are no rates yet for ${last}`);
  const count = (Date.parse(last) - Date.parse(from)) / MS_PER_DAY + 1;
  return Array.from({ length: count }, (_, at) =>
    new Date(Date.parse(from) + at * MS_PER_DAY).toISOString().slice(0, 10),
  );
}
