import { setTimeout as delay } from 'node:timers/promises';
import { ratesWithin, readCodes, readRatesAfter, readRatesUpTo } from '../currencies/repository.js';
import { addDays, daysIn } from '../days.js';
import type { Database, Statement } from '../db/database.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { chunk } from '../db/write.js';
import { AppError, SourceUnavailableError } from '../errors.js';
import type { DaySpan, RateRecord } from '../sources/source.js';
import type { PastRates, Sources } from '../sources/sources.js';
import { type BackfillDays, backfillSpan, missingSpans, storedDays } from './backfill-days.js';
import { DayByDay } from './day-by-day.js';

export interface BackfillOptions extends BackfillDays {
  database: Database;
  sources: Pick<Sources, 'pastRates'>;
  batchSize: number;
  /** Fetches days that are stored as well. */
  again?: boolean;
  /** The pause between two requests: the source is free of charge, and there is no hurry. */
  pauseMs?: number;
  onSpan?: (progress: BackfillProgress) => void;
}

export interface BackfillProgress extends DaySpan {
  /** Days. */
  done: number;
  total: number;
  /** Why the days could not be had; null when they are stored. */
  failure: string | null;
}

export interface BackfillReport {
  source: string;
  /** The days of which the source had rates. */
  fetched: number;
  /** The days that were stored before. */
  skipped: number;
  /** The rates that were not stored: jumps that were seen once. */
  heldBack: number;
  missing: (DaySpan & { reason: string })[];
}

/** A few days are missing at the source; this many requests in a row mean that it is down, or that we are. */
const MAX_FAILURES_IN_A_ROW = 5;

/**
 * Fetches past days in order and stores each answer by itself, so that the next run resumes where this one
 * stopped. Observations that another source has brought are left as they are.
 */
export async function backfill(options: BackfillOptions): Promise<BackfillReport> {
  const { database, again = false, pauseMs = 200, onSpan } = options;
  const source = options.sources.pastRates(options.from);
  const span = backfillSpan(options, source);
  const stored = again ? [] : await storedDays(database, span, source);
  const spans = missingSpans(span, stored, source);
  const report: BackfillReport = {
    source: source.source,
    fetched: 0,
    skipped: stored.length,
    heldBack: 0,
    missing: [],
  };
  const store = new BackfillStore(options, source, report);
  const total = spans.reduce((sum, it) => sum + daysIn(it), 0);
  let done = 0;
  let failuresInARow = 0;
  try {
    for (const [at, wanted] of spans.entries()) {
      if (at > 0) await delay(pauseMs);
      const failure = await fetchSpan(store, wanted, source);
      if (failure !== null) report.missing.push({ ...wanted, reason: failure.reason });
      done += daysIn(wanted);
      onSpan?.({ ...wanted, done, total, failure: failure?.reason ?? null });
      failuresInARow = failure === null ? 0 : failuresInARow + 1;
      if (failuresInARow === MAX_FAILURES_IN_A_ROW) throw givenUp(report, failure);
    }
  } finally {
    await store.finish(span);
  }
  return report;
}

async function fetchSpan(
  store: BackfillStore,
  span: DaySpan,
  source: PastRates,
): Promise<SourceUnavailableError | null> {
  try {
    const { records } = await source.fetch(span, new AbortController().signal);
    await store.add(span, records);
    return null;
  } catch (error) {
    if (error instanceof SourceUnavailableError) return error;
    throw error;
  }
}

function givenUp({ fetched }: BackfillReport, last: SourceUnavailableError | null): AppError {
  return new AppError(
    'EXTERNAL_SOURCE_UNAVAILABLE',
    `Given up after ${MAX_FAILURES_IN_A_ROW} requests in a row that failed; ${fetched} days were stored. ` +
      'Run it again to go on',
    { details: last?.reason ?? '', cause: last },
  );
}

/** Stores what can be believed of the answers. */
class BackfillStore {
  readonly #options: BackfillOptions;
  readonly #source: string;
  readonly #report: BackfillReport;
  readonly #judge = new DayByDay();
  /** What refreshes hold back: observations as well, if later ones confirm them. */
  #held: ExchangeRateRow[] = [];

  constructor(options: BackfillOptions, { source }: PastRates, report: BackfillReport) {
    this.#options = options;
    this.#source = source;
    this.#report = report;
  }

  async add(span: DaySpan, records: RateRecord[]): Promise<void> {
    const { database } = this.#options;
    const codes = await readCodes(database);
    const [before, within, held] = await Promise.all([
      readRatesUpTo(database, codes, addDays(span.from, -1)),
      this.#storedWithin(span, codes),
      database.kysely.selectFrom('held_rates').selectAll().execute(),
    ]);
    this.#held = held;
    for (const row of before) this.#judge.observe(row, true);
    const taken = new Set(within.map(keyOf));
    const fetched = records.map((record) => this.#toRow(record));
    const known = within.map((row): Observation => [row, true]);
    const others = [...fetched, ...held.filter((row) => row.observed_on <= span.to)].filter(
      (row) => !taken.has(keyOf(row)),
    );
    const believed = [...known, ...others.map((row): Observation => [row, false])]
      .sort(byDay)
      .flatMap(([row, isStored]) => this.#judge.observe(row, isStored));
    this.#report.fetched += new Set(records.map(({ observedOn }) => observedOn)).size;
    await this.#write(codes, believed, this.#judge.takeDropped());
  }

  /** What stands after the last day decides about what is left. A jump that is the newest of all waits for a refresh. */
  async finish({ to }: DaySpan): Promise<void> {
    const { database, batchSize } = this.#options;
    const codes = await readCodes(database);
    const next = (await readRatesAfter(database, codes, to)).map((row): Observation => [row, true]);
    const held = this.#held.filter((row) => row.observed_on > to).map((row): Observation => [row, false]);
    const confirmed = [...next, ...held].sort(byDay).flatMap(([row, isStored]) => this.#judge.observe(row, isStored));
    const { believed, quarantined } = this.#judge.finish();
    const dropped = this.#judge.takeDropped();
    const hold = database.upsert('held_rates', quarantined, ['currency_code'], batchSize);
    await this.#write(codes, [...confirmed, ...believed], [...dropped, ...quarantined], hold);
  }

  /** When days are fetched again, those of this source are judged anew. */
  async #storedWithin(span: DaySpan, codes: readonly string[]): Promise<ExchangeRateRow[]> {
    const { database, again } = this.#options;
    if (codes.length === 0) return [];
    return ratesWithin(database, codes, span)
      .selectAll()
      .$if(again === true, (rows) => rows.where('source', '!=', this.#source))
      .execute();
  }

  #toRow({ currency, observedOn, rate }: RateRecord): ExchangeRateRow {
    return { currency_code: currency, observed_on: observedOn, rate, source: this.#source };
  }

  async #write(
    codes: readonly string[],
    believed: ExchangeRateRow[],
    dropped: ExchangeRateRow[],
    more: Statement[] = [],
  ): Promise<void> {
    const { database, batchSize } = this.#options;
    this.#report.heldBack += dropped.length;
    const known = new Set(codes);
    const newcomers = new Set(believed.map((row) => row.currency_code).filter((code) => !known.has(code)));
    await database.writeAtomically([
      ...database.upsert('currencies', [...newcomers].map(toCurrency), ['code'], batchSize),
      ...database.upsert('exchange_rates', believed, ['currency_code', 'observed_on'], batchSize),
      ...Array.from(chunk(dropped, batchSize), (batch) => deletion(database, batch)),
      ...this.#releases(believed),
      ...more,
    ]);
  }

  #releases(believed: ExchangeRateRow[]): Statement[] {
    const last = new Map(believed.map((row) => [row.currency_code, row.observed_on]));
    const released = this.#held.filter((row) => (last.get(row.currency_code) ?? '') >= row.observed_on);
    const codes = released.map((row) => row.currency_code);
    const { kysely } = this.#options.database;
    return codes.length === 0 ? [] : [kysely.deleteFrom('held_rates').where('currency_code', 'in', codes)];
  }
}

type Observation = [row: ExchangeRateRow, isStored: boolean];

const byDay = ([a]: Observation, [b]: Observation) => (a.observed_on < b.observed_on ? -1 : 1);
const keyOf = ({ currency_code, observed_on }: ExchangeRateRow) => `${currency_code} ${observed_on}`;
const toCurrency = (code: string) => ({ code, name: null, symbol: null });

/** What an earlier run has believed, and this one does not. */
function deletion({ kysely }: Database, rows: ExchangeRateRow[]): Statement {
  return kysely
    .deleteFrom('exchange_rates')
    .where((eb) =>
      eb.or(rows.map(({ currency_code, observed_on, source }) => eb.and({ currency_code, observed_on, source }))),
    );
}
