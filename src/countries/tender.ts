import type { Currency, CurrencyDates } from '../currencies/currency.type.js';
import { isoStatus } from '../currencies/currency-codes.js';
import { servedRate } from '../currencies/rates.js';
import { type StoredCurrency, toCurrency } from '../currencies/repository.js';
import { addDays } from '../days.js';
import { once, referenceFacts, type Tender } from './reference.js';

/**
 * The codes that are legal tender of a country on a day, in the order of Unicode CLDR. Null for a country for which CLDR
 * lists none on any day.
 */
export function tenderOn(country: string, day: string): string[] | null {
  const tender = referenceFacts().get(country)?.tender ?? [];
  if (tender.length === 0) return null;
  const valid = tender.filter(({ from, to }) => from <= day && (to === null || day <= to));
  return [...new Set(valid.map(({ code }) => code))];
}

/** When a currency is legal tender anywhere, and what succeeds it. */
type TenderDates = Omit<CurrencyDates, 'isoStatus'>;

const NEVER: TenderDates = { validFrom: null, validTo: null, successorCode: null };

export function tenderDates(code: string): TenderDates {
  return datesByCode().get(code) ?? NEVER;
}

/** Whether it is no longer legal tender anywhere. */
export function isWithdrawn(code: string, day: string): boolean {
  const { validTo } = tenderDates(code);
  return validTo !== null && validTo < day;
}

/** The stored currencies and all that ever were legal tender, ordered by code. */
export function currenciesOn(day: string, rows: readonly StoredCurrency[]): Currency[] {
  const stored = new Map(rows.map((row) => [row.code, row]));
  const rates = new Map(rows.flatMap(({ code, lastRate }) => (lastRate ? [[code, lastRate]] : [])));
  const codes = [...new Set([...stored.keys(), ...datesByCode().keys()])].sort();
  return codes.map((code) => {
    const currency = stored.get(code) ?? toCurrency({ code, name: null, symbol: null });
    const lastRate = servedRate(code, rates);
    return { ...currency, lastRate, ...tenderDates(code), isoStatus: isoStatus(code, isWithdrawn(code, day)) };
  });
}

/**
 * How many changes of the legal tender of any country there were up to a moment. Each changes what is served, without a
 * refresh. Days are those of UTC.
 */
export function tenderChanges(now = Date.now()): number {
  return changes().findLastIndex((at) => at <= now) + 1;
}

/** When the next change is, as far as that is known. */
export function nextTenderChange(now: number): number | undefined {
  return changes().find((at) => at > now);
}

const changes = once((): readonly number[] => {
  const days = allTender().flatMap(({ from, to }) => [Date.parse(from), ...(to ? [Date.parse(addDays(to, 1))] : [])]);
  return [...new Set(days)].sort((a, b) => a - b);
});

const datesByCode = once((): ReadonlyMap<string, TenderDates> => {
  const spans = new Map<string, CountryTender[]>();
  for (const span of allTender()) spans.set(span.code, [...(spans.get(span.code) ?? []), span]);
  return new Map([...spans].map(([code, ofCode]) => [code, datesOf(ofCode)]));
});

interface CountryTender extends Tender {
  country: string;
}

function allTender(): CountryTender[] {
  return [...referenceFacts()].flatMap(([country, { tender }]) => tender.map((span) => ({ ...span, country })));
}

function datesOf(spans: readonly CountryTender[]): TenderDates {
  const [validFrom = null] = spans.map(({ from }) => from).sort();
  const ends = spans.map(({ to }) => to).sort();
  const validTo = ends.includes(null) ? null : (ends.at(-1) ?? null);
  const last = spans.filter(({ to }) => to === validTo).map(({ country }) => country);
  return { validFrom, validTo, successorCode: validTo === null ? null : successorIn(last, validTo) };
}

/** What the countries that used it last have on the next day. Null if they adopted different ones. */
function successorIn(countries: readonly string[], validTo: string): string | null {
  const [first, ...others] = new Set(countries.map((country) => tenderOn(country, addDays(validTo, 1))?.[0] ?? null));
  return others.length === 0 ? (first ?? null) : null;
}
