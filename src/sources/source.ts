import type { Region } from '../countries/gdp.js';
import { SourceUnavailableError } from '../errors.js';
import { BUNDLED } from '../provenance/credits.js';
import type { JsonClient } from './http-client.js';

/** A validated country; what the source does not say is null or empty. */
export interface CountryRecord {
  /** ISO 3166-1 alpha-2, upper case: the key. */
  code: string;
  alpha3: string;
  /** ISO 3166-1 numeric with its leading zeros. Null for Kosovo, which has none. */
  numeric: string | null;
  name: string;
  officialName: string | null;
  capitals: string[];
  region: Region | null;
  subregion: string | null;
  /** Null when the source says 0: an unknown population is not a population of 0. */
  population: number | null;
  areaKm2: number | null;
  flagUrl: string | null;
  /** In the source's order, without duplicates. */
  currencies: CurrencyRecord[];
  /** Why `currencies` may be incomplete: the source lists one per country, or some had no valid code. */
  currencyCompleteness?: 'primary-only' | 'valid-codes-only';
}

export interface CurrencyRecord {
  /** Three upper-case letters. */
  code: string;
  name: string | null;
  symbol: string | null;
}

/** Units of the currency for 1 USD. */
export interface RateRecord {
  currency: string;
  rate: number;
  /** The day it was observed, `YYYY-MM-DD`. */
  observedOn: string;
}

/** Current US dollars per capita. */
export interface GdpRecord {
  /** ISO 3166-1 alpha-2. */
  code: string;
  perCapita: number;
  year: number;
}

/** Something that a refresh skipped or could not use, without failing. */
export interface Warning {
  code: WarningCode;
  country: string | null;
  currency: string | null;
  message: string;
}

export type WarningCode =
  | 'COUNTRY_REJECTED'
  | 'UNKNOWN_COUNTRY_CODE'
  | 'FIELD_REJECTED'
  | 'COUNTRY_MISSING'
  | 'CURRENCY_DROPPED'
  | 'CURRENCY_DIFFERS'
  | 'RATE_REJECTED'
  | 'GDP_REJECTED'
  | 'SOURCE_UNAVAILABLE'
  | 'OLDER_RATES'
  | 'SAME_RATES'
  | 'RATE_HELD_BACK'
  | 'RATES_INVERTED'
  | 'FIGURES_SHIFTED'
  | 'SOURCE_SHRUNK'
  | 'MORE_WARNINGS'
  | 'CLOCK_DIFFERS'
  | 'PICTURE_FAILED';

/** Where figures came from, for citations. */
export interface SourceUse {
  /** The adapter's name, as in the settings. */
  source: string;
  url: string;
  /** The day of the observation, `YYYY-MM-DD`, if the source gives one. */
  observedAt: string | null;
  licence: string;
  attribution: string;
  /** True when it was read from the data set that comes with the project. */
  bundled: boolean;
}

/** The result of an adapter: at least one record, each of them usable, and what was left out. */
export interface SourceAnswer<Record> {
  records: Record[];
  /** How many records the source sent, usable or not. */
  received: number;
  warnings: Warning[];
  use: SourceUse;
  /** When the source announces newer figures, as ISO 8601. */
  nextUpdateAt?: string;
  /** True when the figures are those of an earlier answer, which is still the newest. */
  reused?: boolean;
}

export interface SourceRequest {
  /** Replaces the adapter's own URL. */
  url: string | undefined;
  apiKey: string | undefined;
  http: JsonClient;
  /** Aborts when the overall time for the source is over or the refresh is cancelled. */
  signal: AbortSignal;
  /** The overall time behind `signal`: error messages name it, and no retry waits longer. */
  timeoutMs: number;
}

/** One upstream: its URL, its terms, and how it is read. */
export interface Source<Record> {
  /** As in the settings. */
  name: string;
  /** The default URL. */
  url: string;
  licence: string;
  attribution: string;
  /** Whether its answers have `nextUpdateAt`. */
  announcesNextUpdate?: boolean;
  /** Throws SourceUnavailableError, and nothing else, when there is no usable answer. */
  fetch: (request: SourceRequest) => Promise<SourceAnswer<Record>>;
}

export interface CountriesSource extends Source<CountryRecord> {
  /** True when it lists one currency per country, even where several are used. */
  primaryCurrencyOnly?: boolean;
}
export interface RatesSource extends Source<RateRecord> {
  /** Missing when the source keeps no past days. */
  history?: RateHistory;
}

/** Both ends included, `YYYY-MM-DD`. */
export interface DaySpan {
  from: string;
  to: string;
}

/** How past days are fetched from a source. */
export interface RateHistory {
  firstDay: string;
  /** The most days of one request. */
  maxDays: number;
  /** How many days in a row may have no rates, as at Christmas. */
  longestPause: number;
  /** A day with fewer rates is incomplete. */
  minRates: number;
  /** Throws SourceUnavailableError, and nothing else, when there is no usable answer. */
  fetch: (span: DaySpan, request: SourceRequest) => Promise<SourceAnswer<RateRecord>>;
}
export type GdpSource = Source<GdpRecord>;

/** The answer with these records, or SourceUnavailableError if there are too few, whatever the status of the response. */
export function answerOf<Record>(
  { name, licence, attribution }: Source<Record>,
  usable: ReadonlyMap<string, Record>,
  received: Pick<SourceAnswer<Record>, 'received' | 'warnings'> & Pick<SourceUse, 'url' | 'observedAt'>,
  minimum: number,
): SourceAnswer<Record> {
  const { url, observedAt, warnings } = received;
  if (usable.size < minimum) {
    const reason = `only ${usable.size} of ${received.received} records are usable, at least ${minimum} are expected`;
    throw new SourceUnavailableError(name, reason);
  }
  const use = { source: name, url, observedAt, licence, attribution, bundled: false };
  return { records: [...usable.values()], received: received.received, warnings, use };
}

/** The value of the `source` columns: it distinguishes rows of the bundled data set from live ones. */
export function storedSource({ source, bundled }: SourceUse): string {
  return bundled ? BUNDLED : source;
}

/** The sources of market rates quote about 165 currencies; one fell to 71 overnight. */
export const MIN_MARKET_RATES = 100;
