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

/** What a source says of one rate against the US dollar: nothing of it is checked. */
export interface RateClaim {
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

/** Keeps the rates that can be used, tells about the others, and refuses an answer with too few. */
export function checkedRates(
  source: RatesSource,
  claims: RateClaim[],
  { url, observedOn, minimum }: RatesOptions,
): SourceAnswer<RateRecord> {
  const records = new Map<string, RateRecord>();
  const warnings = missingRates(claims);
  for (const claim of claims) keepRate(claim, records, warnings);
  const reason = unfitness(records, claims.length, minimum);
  if (reason) throw new SourceUnavailableError(source.name, reason);
  // Not every source says that a dollar is worth a dollar.
  if (!records.has('USD')) records.set('USD', { currency: 'USD', rate: 1, observedOn });
  const use = useOf(source, url, observedOn);
  return { records: [...records.values()], received: claims.length, warnings, use };
}

/** Cryptocurrencies and metals stand among the currencies: they are no mistake, and nobody asked for them. */
function keepRate(
  { currency, rate, observedOn }: RateClaim,
  kept: Map<string, RateRecord>,
  warnings: Warning[],
) {
  if (typeof currency !== 'string' || !isCurrencyCode(currency) || rate === null) return;
  if (typeof rate !== 'number' || !Number.isFinite(rate) || rate <= 0) {
    warnings.push(rejectedRate(currency, `${quotedValue(rate)} is no positive number`));
  } else if (!isDay(observedOn)) {
    warnings.push(rejectedRate(currency, `${quotedValue(observedOn)} is no day`));
  } else if (kept.has(currency)) {
    warnings.push(rejectedRate(currency, 'it came up before'));
  } else {
    kept.set(currency, { currency, rate, observedOn });
  }
}

function rejectedRate(currency: string, reason: string): Warning {
  const message = `Rejected the rate of ${currency}: ${reason}`;
  return { code: 'RATE_REJECTED', country: null, currency, message };
}

/** One warning for all of them: a thin day has many. */
function missingRates(claims: RateClaim[]): Warning[] {
  const count = claims.filter(
    ({ currency, rate }) => rate === null && typeof currency === 'string' && isCurrencyCode(currency),
  ).length;
  const message = `The source has no value for the rates of ${count} currencies`;
  return count === 0 ? [] : [{ code: 'RATE_REJECTED', country: null, currency: null, message }];
}

function unfitness(records: ReadonlyMap<string, RateRecord>, received: number, minimum: number) {
  const dollar = records.get('USD')?.rate ?? 1;
  if (dollar !== 1) return `the rates are not for one US dollar: USD stands at ${dollar}`;
  if (records.size >= minimum) return null;
  return `only ${records.size} of ${received} rates are usable, at least ${minimum} are expected`;
}

/** What a source says of one economy: nothing of it is checked. */
export interface GdpClaim {
  code: unknown;
  perCapita: unknown;
  year: unknown;
}

/** Keeps the figures that can be used, tells about the others, and refuses an answer with too few. */
export function checkedGdp(
  source: GdpSource,
  claims: GdpClaim[],
  { url, observedAt }: { url: string; observedAt: string | null },
): SourceAnswer<GdpRecord> {
  const records = new Map<string, GdpRecord>();
  const warnings: Warning[] = [];
  for (const claim of claims) keepGdp(claim, records, warnings);
  if (records.size < MIN_GDP_FIGURES) {
    const reason = `only ${records.size} of ${claims.length} figures are usable, at least ${MIN_GDP_FIGURES} are expected`;
    throw new SourceUnavailableError(source.name, reason);
  }
  const use = useOf(source, url, observedAt);
  return { records: [...records.values()], received: claims.length, warnings, use };
}

/** Some aggregates have codes with digits, and some economies have no figure: neither is a mistake. */
function keepGdp(
  { code, perCapita, year }: GdpClaim,
  kept: Map<string, GdpRecord>,
  warnings: Warning[],
): void {
  if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code) || perCapita === null) return;
  if (typeof perCapita !== 'number' || !Number.isFinite(perCapita) || perCapita <= 0) {
    warnings.push(rejectedGdp(code, `${quotedValue(perCapita)} is no positive number`));
  } else if (typeof year !== 'string' || !/^[12]\d{3}$/.test(year)) {
    warnings.push(rejectedGdp(code, `${quotedValue(year)} is no year`));
  } else if (kept.has(code)) {
    warnings.push(rejectedGdp(code, 'it came up before'));
  } else {
    kept.set(code, { code, perCapita, year: Number(year) });
  }
}

function rejectedGdp(country: string, reason: string): Warning {
  const message = `Rejected the GDP per capita of ${country}: ${reason}`;
  return { code: 'GDP_REJECTED', country, currency: null, message };
}
