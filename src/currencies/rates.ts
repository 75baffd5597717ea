import { Decimal } from 'decimal.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { AppError, BadUserInputError } from '../errors.js';
// Types only: a refresh loads this file, and no GraphQL.
import type { ExchangeRate, HistoryStep } from './currency.type.js';

/** All rates are stored against this currency; every other pair is a cross rate. */
export const PIVOT = 'USD';

/** A double holds 15 digits exactly; more would be noise of the division. */
const RATE_DIGITS = 15;

const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/** Units of `quote` for 1 `base`, both given in units for 1 USD. Infinity or 0 when a double cannot hold it. */
export function crossRate(basePerUsd: number, quotePerUsd: number): number {
  if (basePerUsd === 1) return quotePerUsd;
  if (basePerUsd === quotePerUsd) return 1;
  return new Exact(quotePerUsd).div(basePerUsd).toSignificantDigits(RATE_DIGITS).toNumber();
}

/** An error where a double cannot hold the rate. */
export function exchangeRate(base: ExchangeRateRow, quote: ExchangeRateRow): ExchangeRate | AppError {
  const rate = crossRate(base.rate, quote.rate);
  if (!isUsable(rate)) {
    const message = `The rate of ${quote.currency_code} for 1 ${base.currency_code} is too large or too small for a number`;
    return new AppError('RATE_UNAVAILABLE', message);
  }
  return {
    base: base.currency_code,
    quote: quote.currency_code,
    rate,
    date: base.observed_on < quote.observed_on ? base.observed_on : quote.observed_on,
    storedSources: sourcesBehind(quote, base),
  };
}

/** The rate of the dollar to itself is no observation. */
function sourcesBehind(quote: ExchangeRateRow, base: ExchangeRateRow): string[] {
  if (base.currency_code === PIVOT) return [quote.source];
  if (quote.currency_code === PIVOT || quote.source === base.source) return [base.source];
  return [quote.source, base.source];
}

function isUsable(rate: number): boolean {
  return rate > 0 && Number.isFinite(rate);
}

/** The amount in the other currency, rounded half up (away from zero) to its minor unit. */
export function convertAmount(amount: number, fromPerUsd: number, toPerUsd: number, digits: number): number {
  return new Exact(amount).mul(toPerUsd).div(fromPerUsd).toDecimalPlaces(digits).toNumber();
}

/** The observations of a currency by day, in the order of the days. */
export type Series = ReadonlyMap<string, ExchangeRateRow>;

const MAX_DAYS = 3660;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** Returns the number of days; throws BadUserInputError for a negative range or one of more than ten years. */
export function checkRange(from: string, to: string): number {
  const days = (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;
  if (days < 1) throw new BadUserInputError(`from (${from}) must not be after to (${to})`);
  if (days > MAX_DAYS) {
    throw new BadUserInputError(`A history may have at most ${MAX_DAYS} days, not ${days}`);
  }
  return days;
}

/** The last day of the longest history that can start on a day. */
export function lastDayFrom(from: string): string {
  return new Date(Date.parse(from) + (MAX_DAYS - 1) * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The days on which both were observed, and a double can hold the rate; gaps are not filled. The US dollar needs no observation. */
export function crossHistory(
  [base, baseSeries]: readonly [code: string, Series],
  [quote, quoteSeries]: readonly [code: string, Series],
): ExchangeRate[] {
  const points: ExchangeRate[] = [];
  for (const [date, row] of quote === PIVOT ? baseSeries : quoteSeries) {
    const dollar = { ...row, currency_code: PIVOT, rate: 1 };
    const baseRow = base === PIVOT ? dollar : baseSeries.get(date);
    const quoteRow = quote === PIVOT ? dollar : quoteSeries.get(date);
    const point = baseRow && quoteRow ? exchangeRate(baseRow, quoteRow) : null;
    if (point && !(point instanceof AppError)) points.push(point);
  }
  return points;
}

/** The last point of each week or month. */
export function thinOut(points: readonly ExchangeRate[], step: `${HistoryStep}`): ExchangeRate[] {
  const lastOf = new Map(points.map((point) => [periodOf(point.date, step), point]));
  return [...lastOf.values()];
}

function periodOf(day: string, step: `${HistoryStep}`): string | number {
  if (step === 'DAY') return day;
  if (step === 'MONTH') return day.slice(0, 7);
  // 1 January 1970 was a Thursday.
  return Math.floor((Date.parse(day) / MS_PER_DAY + 3) / 7);
}
