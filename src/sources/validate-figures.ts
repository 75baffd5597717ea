import { isCurrencyCode } from '../currencies/currency-codes.js';
import { isDay } from '../days.js';
import { SourceUnavailableError } from '../errors.js';
import { quotedValue } from './json.js';
import {
  answerOf,
  type DaySpan,
  type GdpRecord,
  type GdpSource,
  type RateRecord,
  type RatesSource,
  type SourceAnswer,
  type Warning,
} from './source.js';

/**
 * Wider than all rates and all GDP per capita ever observed. Products and quotients of figures within these bounds are
 * finite numbers.
 */
const RATES = { min: 1e-9, max: 1e12 };
const DOLLARS_PER_CAPITA = { min: 1, max: 1e7 };

/** A rate per US dollar as the source sent it, unchecked. */
export type RawRate = Record<keyof RateRecord, unknown>;

interface RatesOptions {
  url: string;
  /** The day of the answer as a whole. */
  observedOn: string;
  minimum: number;
  /** The days of an answer with several of them. */
  span?: DaySpan;
}

/** Keeps the usable rates, warns about the others, and rejects an answer with too few. */
export function validateRates(
  source: RatesSource,
  raw: RawRate[],
  { url, observedOn, minimum, span }: RatesOptions,
): SourceAnswer<RateRecord> {
  refuseOtherBase(source, raw);
  const warnings = missingRates(raw);
  const records = new Map<string, RateRecord>();
  // The last rates may be of different days.
  const keyOf = ({ currency, observedOn: day }: RateRecord) => (span ? `${currency} ${day}` : currency);
  for (const { currency, rate, observedOn: day } of raw) {
    // Cryptocurrencies and metals are not mistakes, just not wanted.
    if (!isCurrency(currency) || rate === null) continue;
    const record = { currency, rate, observedOn: day } as RateRecord;
    const fault = faultOf(rate, day, span) ?? (records.has(keyOf(record)) ? 'duplicate' : null);
    if (fault === null) records.set(keyOf(record), record);
    else warnings.push(rejectedRate(currency, fault));
  }
  const answer = answerOf(source, records, { received: raw.length, warnings, url, observedAt: observedOn }, minimum);
  // Not every source includes the dollar itself.
  for (const day of span ? new Set(answer.records.map((record) => record.observedOn)) : [observedOn]) {
    const dollar = { currency: 'USD', rate: 1, observedOn: day };
    if (!records.has(keyOf(dollar))) answer.records.push(dollar);
  }
  return answer;
}

function faultOf(rate: unknown, day: unknown, span: DaySpan | undefined): string | null {
  if (!isPositive(rate)) return `${quotedValue(rate)} is not a positive number`;
  if (!isWithin(RATES, rate)) return `${rate} is not from ${RATES.min} to ${RATES.max}`;
  if (!isDay(day)) return `${quotedValue(day)} is not a day`;
  return span && (day < span.from || day > span.to) ? `${day} was not requested` : null;
}

/** The US dollar stands at 1, or is not in the answer: with any other value the rates are those of another base. */
function refuseOtherBase({ name }: RatesSource, raw: RawRate[]): void {
  const dollar = raw.find(({ currency, rate }) => currency === 'USD' && rate !== null && rate !== 1);
  if (!dollar) return;
  throw new SourceUnavailableError(name, `the rates are not for one US dollar: USD is ${quotedValue(dollar.rate)}`);
}

/** One warning for all of them: on some days there are many. */
function missingRates(raw: RawRate[]): Warning[] {
  const count = raw.filter(({ currency, rate }) => rate === null && isCurrency(currency)).length;
  const message = `The source has no value for the rates of ${count} currencies`;
  return count === 0 ? [] : [{ code: 'RATE_REJECTED', country: null, currency: null, message }];
}

function rejectedRate(currency: string, reason: string): Warning {
  const message = `Rejected the rate of ${currency}: ${reason}`;
  return { code: 'RATE_REJECTED', country: null, currency, message };
}

/** The GDP per capita of one economy as the source sent it, unchecked. */
type RawGdp = Record<keyof GdpRecord, unknown>;

/** The World Bank has figures for about 215 economies. */
const MIN_GDP_FIGURES = 100;

/** Keeps the usable figures, warns about the others, and rejects an answer with too few. */
export function validateGdp(
  source: GdpSource,
  raw: RawGdp[],
  { url, observedAt }: { url: string; observedAt: string | null },
): SourceAnswer<GdpRecord> {
  const now = new Date();
  const warnings: Warning[] = [];
  const records = new Map<string, GdpRecord>();
  for (const { code, perCapita, year } of raw) {
    // Some aggregates have codes with digits, and some economies have no figure: neither is a mistake.
    if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code) || perCapita === null) continue;
    const reject = (reason: string) => warnings.push(rejectedGdp(code, reason));
    if (!isPositive(perCapita)) reject(`${quotedValue(perCapita)} is not a positive number`);
    else if (typeof year !== 'string' || !/^[12]\d{3}$/.test(year)) reject(`${quotedValue(year)} is not a year`);
    else if (records.has(code)) reject('duplicate');
    else if (!isBelievableGdp({ perCapita, year: Number(year) }, now)) reject(`${perCapita} in ${year} is impossible`);
    else records.set(code, { code, perCapita, year: Number(year) });
  }
  return answerOf(source, records, { received: raw.length, warnings, url, observedAt }, MIN_GDP_FIGURES);
}

/** Whether the amount is possible and the year is not in the future. */
export function isBelievableGdp({ perCapita, year }: Pick<GdpRecord, 'perCapita' | 'year'>, now: Date): boolean {
  return isWithin(DOLLARS_PER_CAPITA, perCapita) && year <= now.getUTCFullYear();
}

function rejectedGdp(country: string, reason: string): Warning {
  const message = `Rejected the GDP per capita of ${country}: ${reason}`;
  return { code: 'GDP_REJECTED', country, currency: null, message };
}

function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && isCurrencyCode(value);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isWithin({ min, max }: { min: number; max: number }, value: number): boolean {
  return value >= min && value <= max;
}
