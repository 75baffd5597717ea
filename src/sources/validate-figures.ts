import { isCurrencyCode } from '../currencies/currency-codes.js';
import { SourceUnavailableError } from '../errors.js';
import { isDay, quotedValue } from './json.js';
import {
  type GdpRecord,
  type GdpSource,
  MIN_GDP_FIGURES,
  type RateRecord,
  type RatesSource,
  type SourceAnswer,
  useOf,
  type Warning,
} from './source.js';

/** A rate per US dollar as the source sent it, unchecked. */
export interface RawRate {
  currency: unknown;
  rate: unknown;
  observedOn: unknown;
}

interface RatesOptions {
  url: string;
  /** The day of the answer as a whole. */
  observedOn: string;
  minimum: number;
}

/** Keeps the usable rates, warns about the others, and rejects an answer with too few. */
export function validateRates(
  source: RatesSource,
  raw: RawRate[],
  { url, observedOn, minimum }: RatesOptions,
): SourceAnswer<RateRecord> {
  const warnings = missingRates(raw);
  const records = new Map<string, RateRecord>();
  for (const { currency, rate, observedOn: day } of raw) {
    // Cryptocurrencies and metals are not mistakes, just not wanted.
    if (!isCurrency(currency) || rate === null) continue;
    const reject = (reason: string) => warnings.push(rejectedRate(currency, reason));
    if (!isPositive(rate)) reject(`${quotedValue(rate)} is not a positive number`);
    else if (!isDay(day)) reject(`${quotedValue(day)} is not a day`);
    else if (records.has(currency)) reject('duplicate');
    else records.set(currency, { currency, rate, observedOn: day });
  }
  const dollar = records.get('USD')?.rate ?? 1;
  if (dollar !== 1) {
    throw new SourceUnavailableError(source.name, `the rates are not for one US dollar: USD is ${dollar}`);
  }
  expectEnough(source.name, 'rates', records.size, raw.length, minimum);
  // Not every source includes the dollar itself.
  if (!records.has('USD')) records.set('USD', { currency: 'USD', rate: 1, observedOn });
  const use = useOf(source, url, observedOn);
  return { records: [...records.values()], received: raw.length, warnings, use };
}

/** One warning for all of them: on a thin day there are many. */
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
interface RawGdp {
  code: unknown;
  perCapita: unknown;
  year: unknown;
}

/** Keeps the usable figures, warns about the others, and rejects an answer with too few. */
export function validateGdp(
  source: GdpSource,
  raw: RawGdp[],
  { url, observedAt }: { url: string; observedAt: string | null },
): SourceAnswer<GdpRecord> {
  const warnings: Warning[] = [];
  const records = new Map<string, GdpRecord>();
  for (const { code, perCapita, year } of raw) {
    // Some aggregates have codes with digits, and some economies have no figure: neither is a mistake.
    if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code) || perCapita === null) continue;
    const reject = (reason: string) => warnings.push(rejectedGdp(code, reason));
    if (!isPositive(perCapita)) reject(`${quotedValue(perCapita)} is not a positive number`);
    else if (typeof year !== 'string' || !/^[12]\d{3}$/.test(year))
      reject(`${quotedValue(year)} is not a year`);
    else if (records.has(code)) reject('duplicate');
    else records.set(code, { code, perCapita, year: Number(year) });
  }
  expectEnough(source.name, 'figures', records.size, raw.length, MIN_GDP_FIGURES);
  const use = useOf(source, url, observedAt);
  return { records: [...records.values()], received: raw.length, warnings, use };
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

function expectEnough(source: string, what: string, usable: number, received: number, minimum: number): void {
  if (usable >= minimum) return;
  const reason = `only ${usable} of ${received} ${what} are usable, at least ${minimum} are expected`;
  throw new SourceUnavailableError(source, reason);
}
