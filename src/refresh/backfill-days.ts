import { ratesWithin, readCodes } from '../currencies/repository.js';
import { addDays, daysIn, isDay, toDay } from '../days.js';
import type { Database } from '../db/database.js';
import { BadUserInputError } from '../errors.js';
import type { DaySpan } from '../sources/source.js';
import type { PastRates } from '../sources/sources.js';

export interface BackfillDays {
  from: string;
  /** Yesterday when undefined: today's rates are the refresh's. */
  to?: string | undefined;
  now?: Date;
}

/** The days asked for. Throws BadUserInputError for an invalid date, or one that the source has no rates of. */
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

/** The days of which the source has brought as many rates as make a day, in order. */
export async function storedDays(database: Database, span: DaySpan, source: PastRates): Promise<string[]> {
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

/** What is left to be fetched, in as few requests as the source allows. */
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
