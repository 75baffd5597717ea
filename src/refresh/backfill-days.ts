import { BadUserInputError } from '../errors.js';
import { FIRST_DAY } from './sources/currency-api.js';
import { isDay } from './sources/day.js';

export interface BackfillDays {
  from: string;
  /** Yesterday when undefined: today's rates are the refresh's. */
  to?: string | undefined;
  now?: Date;
}

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** All days from the first to the last. Throws BadUserInputError for days that are none or that nobody keeps. */
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
