import type { Region } from '../countries/gdp.js';
import type { JsonClient } from './http-client.js';

/** A country as a source tells it, checked and in our own shape; what a source does not say is null. */
export interface CountryRecord {
  /** ISO 3166-1 alpha-2, upper case: the key. */
  code: string;
  alpha3: string;
  /** ISO 3166-1 numeric with its leading zeros. Kosovo has none. */
  numeric: string | null;
  name: string;
  officialName: string | null;
  capitals: string[];
  region: Region | null;
  subregion: string | null;
  /** Null when the source says 0 or nothing: an unknown population is no population of 0. */
  population: number | null;
  areaKm2: number | null;
  flagUrl: string | null;
  /** In the source's order, without duplicates. */
  currencies: CurrencyRecord[];
  /** What is missing in that list, where it is not all that the country uses. */
  currenciesTold?: 'the main one' | 'those with a code';
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

/** Current US dollars a head. */
export interface GdpRecord {
  /** ISO 3166-1 alpha-2. */
  code: string;
  perCapita: number;
  year: number;
}

/** Something a refresh passed over or could not use, without failing for it. */
export interface Warning {
  code: WarningCode;
  country: string | null;
  currency: string | null;
  message: string;
}

export type WarningCode =
  | 'COUNTRY_REJECTED'
  | 'COUNTRY_MISSING'
  | 'CURRENCY_DROPPED'
  | 'RATE_REJECTED'
  | 'GDP_REJECTED'
  | 'SOURCE_UNAVAILABLE'
  | 'OLDER_RATES'
  | 'SAME_RATES'
  | 'RATE_HELD_BACK'
  | 'SOURCE_SHRUNK'
  | 'MORE_WARNINGS'
  | 'PICTURE_FAILED';

/** Where figures came from, for those who cite them. */
export interface SourceUse {
  /** The adapter's name, as in the settings. */
  source: string;
  url: string;
  /** The day of the observation where the source tells it: `YYYY-MM-DD`. */
  observedAt: string | null;
  licence: string;
  attribution: string;
  /** True when it was read from the data set that comes with the project. */
  bundled: boolean;
}

/** What an adapter hands over: at least one record, each of them usable, and what it had to leave out. */
export interface SourceAnswer<Record> {
  records: Record[];
  /** How many records the source sent, usable or not. */
  received: number;
  warnings: Warning[];
  use: SourceUse;
  /** When the source promises newer figures, as ISO 8601; only some sources of rates say so. */
  nextUpdateAt?: string;
  /** True when the source has sent these figures before, and has nothing newer. */
  reused?: boolean;
}

/** How an adapter is asked. It throws SourceUnavailableError, and nothing else, when there is no usable answer. */
export interface SourceRequest {
  /** Another address for the adapter; its own when undefined. */
  url: string | undefined;
  apiKey: string | undefined;
  http: JsonClient;
  /** Ends when the overall time for the source is over or the refresh is cancelled. */
  signal: AbortSignal;
  /** The overall time that `signal` keeps: a failure names it, and no retry waits longer. */
  timeoutMs: number;
}

/** One upstream: where it is, on which terms, and how it is read. */
export interface Source<Record> {
  /** As in the settings. */
  name: string;
  /** The address that is asked when the settings name no other. */
  url: string;
  licence: string;
  attribution: string;
  /** Whether its answers say when it will have newer figures. */
  tellsNextUpdate?: boolean;
  fetch: (request: SourceRequest) => Promise<SourceAnswer<Record>>;
}

export interface CountriesSource extends Source<CountryRecord> {
  /** True when it tells one currency of each country, whatever else is used there. */
  tellsMainCurrency?: boolean;
}
export type RatesSource = Source<RateRecord>;
export type GdpSource = Source<GdpRecord>;

export function useOf(source: Source<unknown>, url: string, observedAt: string | null): SourceUse {
  const { name, licence, attribution } = source;
  return { source: name, url, observedAt, licence, attribution, bundled: false };
}

/** The name of the data set that comes with the project. */
export const BUNDLED = 'bundled';

/** What the `source` columns say: rows of the data set that comes with the project are told from live ones by it. */
export function storedSource({ source, bundled }: SourceUse): string {
  return bundled ? BUNDLED : source;
}

/** Fewer usable records than these are no answer, whatever the status says. */

/** There are 249 ISO 3166-1 codes and Kosovo; every source sends about 250. */
export const MIN_COUNTRIES = 200;

/** The sources of market rates quote about 165 currencies; one fell to 71 overnight. */
export const MIN_MARKET_RATES = 100;

/** A single central bank quotes about 30. */
export const MIN_CENTRAL_BANK_RATES = 20;

/** The World Bank has figures for about 215 economies. */
export const MIN_GDP_FIGURES = 100;
