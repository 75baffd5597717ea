import { PIVOT } from '../currencies/rates.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { BUNDLED } from '../provenance/credits.js';
import { type RateRecord, type SourceAnswer, type SourceUse, storedSource, type Warning } from '../sources/source.js';
import type { Merged, Stored } from './model.js';
import { factor, type Pair, shiftIn } from './shifts.js';

/** What a refresh writes of the rates of an answer. */
interface BelievableRates extends Pick<Merged, 'rates' | 'quarantinedRates' | 'releasedRates' | 'warnings'> {
  /** The last observation of each currency, fetched or stored, in units for 1 USD. */
  perUsd: Map<string, number>;
}

type Known = Pick<Stored, 'rates' | 'quarantined'>;

/**
 * The rates of the answer that are newer than the stored ones and plausible. Left out are rates of an older day, an
 * observation that is repeated under another day, jumps that were observed only once, and all of a set that has moved
 * together, unless forced.
 */
export function believableRates(answer: SourceAnswer<RateRecord>, known: Known, force = false): BelievableRates {
  const fetched = answer.records.map((record) => rateRow(record, storedSource(answer.use)));
  const current = fetched.filter((row) => !isOutdated(row, known));
  const older = fetched.length - current.length;
  const refusal = refusalOf(current, answer.use, known, force);
  const judged = (refusal ? [] : current).map((row) => {
    const code = row.currency_code;
    return { row, believed: believedBy(row, known.rates.get(code), known.quarantined.get(code)) };
  });
  const rates = judged.flatMap(({ believed }) => believed);
  const jumps = judged.filter(({ believed }) => believed.length === 0).map(({ row }) => row);
  return {
    perUsd: new Map([...known.rates.values(), ...rates].map((row) => [row.currency_code, row.rate])),
    rates,
    quarantinedRates: jumps,
    releasedRates: [...new Set(rates.map((row) => row.currency_code))].filter((code) => known.quarantined.has(code)),
    warnings: [
      ...(older === 0 ? [] : [olderWarning(older)]),
      ...(refusal ? [refusal] : []),
      ...jumps.map((row) => jumpWarning(row, known)),
    ],
  };
}

export function rateRow({ currency, observedOn, rate }: RateRecord, source: string): ExchangeRateRow {
  return { currency_code: currency, observed_on: observedOn, rate, source };
}

/** Older than the stored rate, or a bundled rate for a day whose live one is stored. */
function isOutdated({ currency_code, observed_on, source }: ExchangeRateRow, { rates }: Known): boolean {
  const last = rates.get(currency_code);
  if (!last || observed_on > last.observed_on) return false;
  return observed_on < last.observed_on || (source === BUNDLED && last.source !== BUNDLED);
}

/** Why none of the rates is accepted; null if they may be. */
function refusalOf(rows: ExchangeRateRow[], use: SourceUse, known: Known, force: boolean): Warning | null {
  if (isSameObservation(rows, known)) return sameWarning(use.observedAt);
  return force ? null : shiftIn('rates', use, pairsOf(rows, known));
}

/** On days without trading, a source may repeat its last observation under the new date. */
function isSameObservation(rows: ExchangeRateRow[], { rates, quarantined }: Known): boolean {
  const isKnown = ({ currency_code, observed_on, rate, source }: ExchangeRateRow) => {
    const last = rates.get(currency_code);
    if (!last || last.source !== source || last.observed_on >= observed_on) return false;
    return rate === last.rate || rate === quarantined.get(currency_code)?.rate;
  };
  return rows.length > 0 && rows.every(isKnown);
}

function pairsOf(rows: ExchangeRateRow[], { rates }: Known): Pair[] {
  return rows.flatMap(({ currency_code: code, rate }) => {
    const last = rates.get(code);
    return last && code !== PIVOT ? [[rate, last.rate]] : [];
  });
}

/**
 * What an observation makes believable: itself, after the quarantined jump that it confirms, which is stored under the
 * day on which it was first observed. Empty when it is a jump itself.
 */
export function believedBy(
  row: ExchangeRateRow,
  last?: ExchangeRateRow,
  candidate?: ExchangeRateRow,
): ExchangeRateRow[] {
  if (candidate && confirms(row, candidate)) return [candidate, row];
  return last && !isPlausible(row, last) ? [] : [row];
}

function olderWarning(count: number): Warning {
  const message = `${count} rates are older than the stored ones, or bundled ones of the same day; the stored ones were kept`;
  return { code: 'OLDER_RATES', country: null, currency: null, message };
}

function sameWarning(day: string | null): Warning {
  const message = `The source repeated its last rates under the date ${day}; they were not stored as a new observation`;
  return { code: 'SAME_RATES', country: null, currency: null, message };
}

function jumpWarning(row: ExchangeRateRow, { rates }: Known): Warning {
  const { currency_code: currency, rate, observed_on } = row;
  const last = rates.get(currency);
  const message =
    `Held back the rate of ${currency}: ${rate} on ${observed_on} differs from ${last?.rate} on ` +
    `${last?.observed_on} by more than a factor of 10; it is stored when the next observation confirms it`;
  return { code: 'RATE_HELD_BACK', country: null, currency, message };
}

/**
 * Only redenominations and collapses move a rate further than this between two observations. Faulty sources do as well:
 * CLP was once 0.023 for a day, between 909.7 and 915.9.
 */
const LARGEST_FACTOR = 10;

/** The next observation confirms a jump when it is at least this close to it. */
const CONFIRMING_FACTOR = 2;

/** Regardless of the age of the last observation: a real jump is merely stored one observation later. */
export function isPlausible(row: ExchangeRateRow, last: ExchangeRateRow): boolean {
  return factor(row.rate, last.rate) <= LARGEST_FACTOR;
}

/** Whether an observation of a later day agrees with the quarantined one. */
function confirms(row: ExchangeRateRow, candidate: ExchangeRateRow): boolean {
  return row.observed_on > candidate.observed_on && factor(row.rate, candidate.rate) <= CONFIRMING_FACTOR;
}
