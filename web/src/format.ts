import { isolated } from './isolated.ts';

/** The reader's: for numbers, days and the names of countries. */
export const locale = navigator.language || 'en';

const UNKNOWN = '–';

const compact = { notation: 'compact', maximumSignificantDigits: 3 } as const;
const dollarSign = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;

const formats = {
  count: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  people: new Intl.NumberFormat(locale, compact),
  bigDollars: new Intl.NumberFormat(locale, { ...dollarSign, ...compact }),
  dollars: new Intl.NumberFormat(locale, { ...dollarSign, maximumFractionDigits: 0 }),
  rate: new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 }),
  percent: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' }),
  day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
  time: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
};

type Figure = number | null | undefined;

const orUnknown = (format: Intl.NumberFormat) => (value: Figure) =>
  value == null ? UNKNOWN : isolated(format.format(value));

export const count = orUnknown(formats.count);
/** Such as 8.96M. */
export const people = orUnknown(formats.people);
/** Such as $885B. */
export const bigDollars = orUnknown(formats.bigDollars);
export const dollars = orUnknown(formats.dollars);
export const rate = orUnknown(formats.rate);
/** From a figure in percent, as the API returns it. */
export const percent = (value: Figure) => orUnknown(formats.percent)(value == null ? null : value / 100);

/** A day from the API, YYYY-MM-DD. */
export const day = (date: string | null | undefined) =>
  date ? isolated(formats.day.format(Date.parse(date))) : UNKNOWN;
export const month = (date: string) => isolated(formats.month.format(Date.parse(date)));
/** A point in time, in the reader's time zone. */
export const time = (timestamp: string | null | undefined) =>
  timestamp ? isolated(formats.time.format(Date.parse(timestamp))) : UNKNOWN;

/** With the decimal places that the currency has; Intl knows those of ISO 4217. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'code' }).format(amount);
}

const MS_PER_DAY = 86_400_000;

/** The day this many days before another. */
export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** ASIA as Asia. */
export function capitalized(name: string): string {
  return name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ');
}
