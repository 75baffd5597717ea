import type { ExchangeRateRow } from '../db/tables.js';
import {
  BUNDLED,
  type RateRecord,
  type SourceAnswer,
  storedSource,
  type Warning,
} from '../sources/source.js';
import type { Stored } from './repository.js';

export interface NewestRates {
  /** The last observation of each currency, fetched or stored, in units for 1 USD. */
  perUsd: Map<string, number>;
  /** What is to be written. */
  rows: ExchangeRateRow[];
  /** Jumps that are not believed yet, to be remembered until the next observation. */
  held: ExchangeRateRow[];
  /** The currencies whose jump was confirmed or has gone away. */
  released: string[];
  warnings: Warning[];
}

type Known = Pick<Stored, 'rates' | 'held'>;

/**
 * What of the answer is newer than the stored rates, and to be believed. Whatever else there is would make the data
 * worse: rates of an older day, the same observation under another day, and jumps that nobody has seen twice.
 */
export function newestRates(answer: SourceAnswer<RateRecord>, known: Known): NewestRates {
  const fetched = answer.records.map(toRow(storedSource(answer.use)));
  const current = fetched.filter((row) => !isOlder(row, known) && !isBundledAgainstLive(row, known));
  const older = fetched.length - current.length;
  const warnings = older === 0 ? [] : [olderWarning(older)];
  if (isSameObservation(current, known)) {
    return { ...nothingNew(known), warnings: [...warnings, sameWarning(answer.use.observedAt)] };
  }
  const held = current.filter((row) => isHeldBack(row, known));
  const believed = current.filter((row) => !held.includes(row));
  const released = believed.map((row) => row.currency_code).filter((code) => known.held.has(code));
  const rows = [...confirmed(believed, known), ...believed];
  const jumps = held.map((row) => heldWarning(row, known));
  return { perUsd: perUsd(known, rows), rows, held, released, warnings: [...warnings, ...jumps] };
}

function toRow(source: string) {
  return ({ currency, observedOn, rate }: RateRecord): ExchangeRateRow => ({
    currency_code: currency,
    observed_on: observedOn,
    rate,
    source,
  });
}

function isOlder({ currency_code, observed_on }: ExchangeRateRow, { rates }: Known): boolean {
  return observed_on < (rates.get(currency_code)?.observed_on ?? '');
}

/** Of one day, what a live source told of it is worth more than what was bundled. */
function isBundledAgainstLive(
  { currency_code, observed_on, source }: ExchangeRateRow,
  { rates }: Known,
): boolean {
  const last = rates.get(currency_code);
  return source === BUNDLED && last?.observed_on === observed_on && last.source !== BUNDLED;
}

/** On days without trade a source may send the last observation again under the new day. */
function isSameObservation(rows: ExchangeRateRow[], { rates, held }: Known): boolean {
  const isKnown = ({ currency_code, observed_on, rate, source }: ExchangeRateRow) => {
    const last = rates.get(currency_code);
    if (!last || last.source !== source || last.observed_on >= observed_on) return false;
    return rate === last.rate || rate === held.get(currency_code)?.rate;
  };
  return rows.length > 0 && rows.every(isKnown);
}

function nothingNew(known: Known): NewestRates {
  return { perUsd: perUsd(known, []), rows: [], held: [], released: [], warnings: [] };
}

function isHeldBack(row: ExchangeRateRow, { rates, held }: Known): boolean {
  const last = rates.get(row.currency_code);
  const candidate = held.get(row.currency_code);
  return last !== undefined && !isPlausible(row, last) && !(candidate && isSeenAgain(row, candidate));
}

/** A jump that was seen again has happened on the day on which it was seen first. */
function confirmed(believed: ExchangeRateRow[], { held }: Known): ExchangeRateRow[] {
  return believed.flatMap((row) => {
    const candidate = held.get(row.currency_code);
    return candidate && isSeenAgain(row, candidate) ? [candidate] : [];
  });
}

function perUsd({ rates }: Known, rows: ExchangeRateRow[]): Map<string, number> {
  return new Map([...rates.values(), ...rows].map((row) => [row.currency_code, row.rate]));
}

function olderWarning(count: number): Warning {
  const message = `${count} rates are of an older day than the stored ones, or bundled ones of the same; the stored ones were kept`;
  return { code: 'OLDER_RATES', country: null, currency: null, message };
}

function sameWarning(day: string | null): Warning {
  const message = `The source sent its last rates once more, now as those of ${day}; they are no new observation`;
  return { code: 'SAME_RATES', country: null, currency: null, message };
}

function heldWarning(row: ExchangeRateRow, { rates }: Known): Warning {
  const { currency_code: currency, rate, observed_on } = row;
  const last = rates.get(currency);
  const message =
    `Held back the rate of ${currency}: ${rate} on ${observed_on} where ${last?.rate} was observed on ` +
    `${last?.observed_on}, more than 10 times as much or as little; it is kept until the next observation confirms it`;
  return { code: 'RATE_HELD_BACK', country: null, currency, message };
}

/**
 * Between two observations no rate of a source that is right moves further than this, but for redenominations and
 * collapses; sources that are wrong do: CLP once stood at 0.023 for a day, between 909.7 and 915.9.
 */
const LARGEST_FACTOR = 10;

/** How near the next observation must be to a jump to confirm it. */
const CONFIRMING_FACTOR = 2;

/** However long ago the last observation is: a jump that did happen is only taken over one observation later. */
function isPlausible(row: ExchangeRateRow, last: ExchangeRateRow): boolean {
  return factor(row, last) <= LARGEST_FACTOR;
}

/** Whether an observation of a later day says what the one that was held back said. */
function isSeenAgain(row: ExchangeRateRow, candidate: ExchangeRateRow): boolean {
  return row.observed_on > candidate.observed_on && factor(row, candidate) <= CONFIRMING_FACTOR;
}

function factor(a: ExchangeRateRow, b: ExchangeRateRow): number {
  return Math.max(a.rate / b.rate, b.rate / a.rate);
}
