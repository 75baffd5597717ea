import { setTimeout as delay } from 'node:timers/promises';
import { ratesWithin, readCodes } from '../currencies/repository.js';
import { addDays, daysIn, isDay, toDay } from '../days.js';
import type { Database } from '../db/database.js';
import { AppError, BadUserInputError, type SourceUnavailableError } from '../errors.js';
import type { DaySpan } from '../sources/source.js';
import type { PastRates, Sources } from '../sources/sources.js';
import { BackfillStore, type BackfillStoreOptions } from './backfill-store.js';
import { asSourceError } from './fetch.js';

interface BackfillDays {
  from: string;
  /** Yesterday when undefined: today's rates are for a refresh to fetch. */
  to?: string | undefined;
  now?: Date;
}

export interface BackfillOptions extends BackfillDays, BackfillStoreOptions {
  sources: Pick<Sources, 'pastRates'>;
  /** The pause between requests: the source is free of charge, and there is no hurry. */
  pauseMs?: number;
  onSpan?: (progress: BackfillProgress) => void;
}

export interface BackfillProgress extends DaySpan {
  /** Days. */
  done: number;
  total: number;
  /** Why the days could not be fetched; null when they are stored. */
  failure: string | null;
}

export interface BackfillReport {
  source: string;
  /** The days for which the source had rates. */
  fetched: number;
  /** The days that were stored before. */
  skipped: number;
  /** The rates that were not stored: jumps that were seen once. */
  heldBack: number;
  missing: (DaySpan & { reason: string })[];
}

/** A few days are missing at the source; this many failures in a row mean that it, or our network, is down. */
const MAX_FAILURES_IN_A_ROW = 5;

/**
 * Fetches past days in order and stores each answer by itself, so that the next run resumes where this one
 * stopped. Observations from other sources are left as they are.
 */
export async function backfill(options: BackfillOptions): Promise<BackfillReport> {
  const { database, sources, again, pauseMs = 200, onSpan } = options;
  const source = sources.pastRates(options.from);
  const span = backfillSpan(options, source);
  const stored = again ? [] : await storedDays(database, span, source);
  const spans = missingSpans(span, stored, source);
  const store = new BackfillStore(options, source.source);
  const missing: BackfillReport['missing'] = [];
  const total = spans.reduce((sum, it) => sum + daysIn(it), 0);
  let done = 0;
  let failuresInARow = 0;
  try {
    for (const [at, wanted] of spans.entries()) {
      if (at > 0) await delay(pauseMs);
      const failure = await source
        .fetch(wanted, new AbortController().signal)
        .then(({ records }) => store.add(wanted, records))
        .then(() => null, asSourceError);
      if (failure !== null) missing.push({ ...wanted, reason: failure.reason });
      done += daysIn(wanted);
      onSpan?.({ ...wanted, done, total, failure: failure?.reason ?? null });
      failuresInARow = failure === null ? 0 : failuresInARow + 1;
      if (failuresInARow === MAX_FAILURES_IN_A_ROW) throw givenUp(store.fetched, failure);
    }
  } finally {
    await store.finish(span);
  }
  return { source: source.source, fetched: store.fetched, skipped: stored.length, heldBack: store.heldBack, missing };
}

function givenUp(fetched: number, last: SourceUnavailableError | null): AppError {
  return new AppError(
    'EXTERNAL_SOURCE_UNAVAILABLE',
    `Given up after ${MAX_FAILURES_IN_A_ROW} requests in a row that failed; ${fetched} days were stored. ` +
      'Run it again to resume',
    { details: last?.reason ?? '', cause: last },
  );
}

/** The days requested. Throws BadUserInputError for an invalid date, or one for which the source has no rates. */
export function backfillSpan({ from, to, now = new Date() }: BackfillDays, source: PastRates): DaySpan {
  const today = toDay(now);
  const last = to ?? addDays(today, -1);
  for (const day of [from, last]) {
    if (!isDay(day)) throw new BadUserInputError(`"${day}" is not a date: use YYYY-MM-DD`);
  }
  if (from > last) throw new BadUserInputError(`The first day (${from}) is after the last (${last})`);
  if (from < source.firstDay) {
    throw new BadUserInputError(`${source.source} has rates since ${source.firstDay}, not for ${from}`);
  }
  if (last > today) throw new BadUserInputError(`There are no rates yet for ${last}`);
  return { from, to: last };
}

/** The days for which enough rates of the source are stored to be complete, in order. */
async function storedDays(database: Database, span: DaySpan, source: PastRates): Promise<string[]> {
  const codes = await readCodes(database);
  if (codes.length === 0) return [];
  const rows = await ratesWithin(database, codes, span)
    .select('observed_on as day')
    .where('source', '=', source.source)
    .groupBy('observed_on')
    .having((eb) => eb.fn.countAll(), '>=', source.minRates)
    .orderBy('observed_on')
    .execute();
  return rows.map((row) => row.day);
}

/** What is left to fetch, in as few requests as the source allows. */
export function missingSpans(span: DaySpan, stored: readonly string[], source: PastRates): DaySpan[] {
  const ends = [addDays(span.from, -1), ...stored, addDays(span.to, 1)];
  const gaps = ends.slice(1).flatMap((end, at) => {
    const gap = { from: addDays(ends[at] as string, 1), to: addDays(end, -1) };
    const isInside = at > 0 && at < stored.length;
    return daysIn(gap) > (isInside ? source.longestPause : 0) ? [gap] : [];
  });
  return gaps.flatMap((gap) => split(gap, source.maxDays));
}

function split({ from, to }: DaySpan, maxDays: number): DaySpan[] {
  const spans: DaySpan[] = [];
  for (let first = from; first <= to; first = addDays(first, maxDays)) {
    const last = addDays(first, maxDays - 1);
    spans.push({ from: first, to: last < to ? last : to });
  }
  return spans;
}
