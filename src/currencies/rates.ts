import { Decimal } from 'decimal.js';
import { addDays, toDay } from '../days.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { AppError, BadUserInputError } from '../errors.js';
// Types only: a refresh loads this file, and no GraphQL.
import type { DateSpan, ExchangeRate, HistoryStep, RatePeriod } from './currency.type.js';
import { EURO, fixedRate } from './currency-codes.js';

/** All rates are stored against this currency; every other pair is a cross rate. */
export const PIVOT = 'USD';

/** A double holds 15 digits exactly; more would be noise from the division. */
const RATE_DIGITS = 15;

const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/** Units of `quote` for 1 `base`, both given in units for 1 USD. Infinity or 0 when a double cannot hold it. */
export function crossRate(basePerUsd: number, quotePerUsd: number): number {
  if (basePerUsd === 1) return quotePerUsd;
  if (basePerUsd === quotePerUsd) return 1;
  return rounded(new Exact(quotePerUsd).div(basePerUsd));
}

/** An error where a double cannot hold the rate. */
export function exchangeRate(base: ExchangeRateRow, quote: ExchangeRateRow): ExchangeRate | AppError {
  const rate = crossRate(base.rate, quote.rate);
  if (rate <= 0 || !Number.isFinite(rate)) {
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

/** The amount in the other currency, rounded half up (away from zero) to its minor unit. */
export function convertAmount(amount: number, fromPerUsd: number, toPerUsd: number, digits: number): number {
  return new Exact(amount).mul(toPerUsd).div(fromPerUsd).toDecimalPlaces(digits).toNumber();
}

function rounded(value: Decimal): number {
  return value.toSignificantDigits(RATE_DIGITS).toNumber();
}

/** In percent. Throws when a double cannot hold it. */
export function changeOf(before: number, after: number): number {
  const change = rounded(new Exact(after).div(before).minus(1).mul(100));
  if (Number.isFinite(change)) return change;
  throw new AppError('RATE_UNAVAILABLE', 'The change between the two rates is too large for a number');
}

/** The observations of a currency by day, in the order of the days. */
export type Series = ReadonlyMap<string, ExchangeRateRow>;

export function checkOrder(from: string, to: string | null | undefined): void {
  if (to && from > to) throw new BadUserInputError(`from (${from}) must not be after to (${to})`);
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

/** The last point of each period. */
export function thinOut(points: readonly ExchangeRate[], step: HistoryStep): ExchangeRate[] {
  if (step === 'DAY') return [...points];
  return [...new Map(points.map((point) => [firstDayOf(point.date, step), point])).values()];
}

/** The figures of each period that has points, clipped to the days requested. */
export function periodsOf(
  points: readonly ExchangeRate[],
  step: HistoryStep,
  span: { from: string; to?: string | null | undefined },
) {
  const ratesBy = new Map<string, number[]>();
  for (const { date, rate } of points) {
    const first = firstDayOf(date, step);
    const rates = ratesBy.get(first);
    if (rates) rates.push(rate);
    else ratesBy.set(first, [rate]);
  }
  return Array.from(ratesBy, ([first, rates]): RatePeriod => {
    const last = lastDayOf(first, step);
    const from = first < span.from ? span.from : first;
    return { from, to: span.to && span.to < last ? span.to : last, ...figuresOf(rates) };
  });
}

/** Exact sums: sums of doubles would depend on the order. */
function figuresOf(rates: readonly number[]) {
  const sum = rates.reduce((total, rate) => total.plus(rate), new Exact(0));
  const average = rounded(sum.div(rates.length));
  const [min, max] = [Math.min(...rates), Math.max(...rates)];
  return { last: rates.at(-1) as number, average, min, max, observations: rates.length };
}

const MONTHS: Partial<Record<HistoryStep, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** Weeks begin on Monday. */
function firstDayOf(day: string, step: HistoryStep): string {
  const date = new Date(day);
  const months = MONTHS[step];
  if (months) date.setUTCMonth(date.getUTCMonth() - (date.getUTCMonth() % months), 1);
  else if (step === 'WEEK') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return toDay(date);
}

function lastDayOf(first: string, step: HistoryStep): string {
  const date = new Date(first);
  const months = MONTHS[step];
  // Day 0 is the last of the month before.
  if (months) date.setUTCMonth(date.getUTCMonth() + months, 0);
  else if (step === 'WEEK') date.setUTCDate(date.getUTCDate() + 6);
  return toDay(date);
}

const PART_DAYS = 1_000;

/** A long span in consecutive parts, none of which ends within a period. */
export function* partsOf({ from, to }: DateSpan, step: HistoryStep): Generator<DateSpan> {
  for (let first = from; first <= to; ) {
    const end = lastDayOf(firstDayOf(addDays(first, PART_DAYS), step), step);
    const last = earlier(end, to);
    yield { from: first, to: last };
    first = addDays(last, 1);
  }
}

/** The days for which a history may have rates: those that all currencies cover, in whole periods unless days are given. */
export function historySpan(
  asked: { from: string | undefined; to: string | undefined },
  covered: readonly DateSpan[],
  step: HistoryStep,
): DateSpan {
  const first = covered.map(({ from }) => firstDayOf(from, step)).reduce(later);
  const last = covered.map(({ to }) => lastDayOf(firstDayOf(to, step), step)).reduce(earlier);
  return { from: later(asked.from ?? first, first), to: earlier(asked.to ?? last, last) };
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

/** The codes to read for the rates of these currencies. */
export function withEuro(codes: readonly string[]): string[] {
  return codes.some((code) => fixedRate(code)) ? [...codes, EURO] : [...codes];
}

/** The observation that is served: from the adoption of the euro on, that of the euro at the fixed rate. */
export function servedRate(code: string, observed: ReadonlyMap<string, ExchangeRateRow>): ExchangeRateRow | null {
  const fixed = fixedRate(code);
  const euro = observed.get(EURO);
  if (!fixed || !euro || euro.observed_on < fixed.since) return observed.get(code) ?? null;
  // Not rounded: the cross rate of a currency and the euro is the fixed rate, to the last digit.
  return { ...euro, currency_code: code, rate: new Exact(euro.rate).mul(fixed.perEuro).toNumber() };
}

/** The same for each day of a history. */
export function servedSeries(code: string, observed: ReadonlyMap<string, Series>): Series {
  const own = observed.get(code) ?? new Map<string, ExchangeRateRow>();
  const since = fixedRate(code)?.since;
  if (since === undefined) return own;
  const before = [...own.values()].filter((row) => row.observed_on < since);
  const after = [...(observed.get(EURO)?.values() ?? [])].filter((row) => row.observed_on >= since);
  const served = after.flatMap((euro) => servedRate(code, new Map([[EURO, euro]])) ?? []);
  return new Map([...before, ...served].map((row) => [row.observed_on, row]));
}

/** The first day that is served, given the first observations. */
export function firstServed(code: string, observed: ReadonlyMap<string, ExchangeRateRow>): string | null {
  const own = observed.get(code)?.observed_on ?? null;
  const euro = observed.get(EURO)?.observed_on;
  const since = fixedRate(code)?.since;
  if (!since || !euro || (own && own < since)) return own;
  return euro < since ? since : euro;
}
