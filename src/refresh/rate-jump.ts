import type { ExchangeRateRow } from '../db/tables.js';

/**
 * Between two observations no rate of a source that is right moves further than this, but for redenominations and
 * collapses; sources that are wrong do: CLP once stood at 0.023 for a day, between 909.7 and 915.9.
 */
const LARGEST_FACTOR = 10;

/** How near the next observation must be to a jump to confirm it. */
const CONFIRMING_FACTOR = 2;

/** However long ago the last observation is: a jump that did happen is only taken over one observation later. */
export function isPlausible(row: ExchangeRateRow, last: ExchangeRateRow): boolean {
  return factor(row, last) <= LARGEST_FACTOR;
}

/** Whether an observation of a later day says what the one that was held back said. */
export function isSeenAgain(row: ExchangeRateRow, candidate: ExchangeRateRow): boolean {
  return row.observed_on > candidate.observed_on && factor(row, candidate) <= CONFIRMING_FACTOR;
}

function factor(a: ExchangeRateRow, b: ExchangeRateRow): number {
  return Math.max(a.rate / b.rate, b.rate / a.rate);
}
