/**
 * The tables as Kysely sees them, the same in every dialect: timestamps are UTC text (see `toStored`), days are
 * `YYYY-MM-DD`, lists are JSON text, rates and dollars are IEEE 754 doubles, populations are integers up to 2^53.
 *
 * Text is trimmed and without NUL. In some dialects longer text fails the write: codes 3 characters, names and reasons
 * 255, regions, ids, states, methods, symbols and sources 64.
 */
export interface Tables {
  countries: CountryRow;
  country_currencies: CountryCurrencyRow;
  currencies: CurrencyRow;
  exchange_rates: ExchangeRateRow;
  refreshes: RefreshRow;
  removed_countries: RemovedCountryRow;
  held_rates: ExchangeRateRow;
  refresh_lease: RefreshLeaseRow;
  data_version: DataVersionRow;
}

export interface CountryRow {
  /** ISO 3166-1 alpha-2. Names differ between sources, codes do not. */
  code: string;
  alpha3: string;
  numeric_code: string | null;
  name: string;
  official_name: string | null;
  /** JSON array of strings. */
  capitals: string;
  region: string | null;
  subregion: string | null;
  population: number | null;
  area_km2: number | null;
  flag_url: string | null;
  /** At the last refresh: the first currency that has a rate, else the first. */
  currency_code: string | null;
  /** Units of `currency_code` for 1 USD at the last refresh. */
  exchange_rate: number | null;
  gdp_per_capita: number | null;
  gdp_year: number | null;
  estimated_gdp: number | null;
  gdp_method: string;
  /** Why there is no estimate; null if there is one. */
  gdp_reason: string | null;
  /** The adapter that the facts came from, or `bundled`. */
  source: string;
  last_refreshed_at: string;
  /** The day of the edition of `source`; null if it does not give one. */
  observed_on: string | null;
  /** It is kept when a later source does not send one. */
  population_source: string | null;
  population_observed_on: string | null;
  gdp_source: string | null;
}

export interface CountryCurrencyRow {
  country_code: string;
  currency_code: string;
  /** From 0, in CLDR's order. */
  position: number;
}

export interface CurrencyRow {
  code: string;
  name: string | null;
  symbol: string | null;
}

export interface ExchangeRateRow {
  currency_code: string;
  observed_on: string;
  /** Units of the currency for 1 USD. */
  rate: number;
  source: string;
}

export interface RefreshRow {
  id: string;
  state: string;
  started_at: string;
  finished_at: string | null;
  /** The whole report as JSON: see refresh/refresh.type.ts. */
  report: string;
  /** The token of the lease when it was stored: a later refresh has a greater one. 0 for reports of earlier versions. */
  sequence?: number;
}

/** A deleted country, which refreshes skip. */
interface RemovedCountryRow {
  code: string;
  name: string;
  removed_at: string;
}

/** One row: which refresh may write. See refresh/lease.ts. */
export interface RefreshLeaseRow {
  name: string;
  /** The id of the refresh that holds it; empty if it is free. */
  holder: string;
  /** A fencing token: incremented for each holder. */
  token: number;
  /** Incremented by each heartbeat. */
  beat: number;
  /** When the last heartbeat was, by the clock of the database. */
  renewed_at: string;
  /** The id of the last refresh that was cancelled while it held the lease; empty if none was. */
  cancelled: string;
  /** The holder's report so far, as JSON. */
  report: string;
}

/** One row. */
interface DataVersionRow {
  id: number;
  /** Incremented by every write of data. */
  version: number;
}

/** `YYYY-MM-DD HH:MM:SS.mmm` in UTC: text that every dialect returns unchanged, and that sorts by time. */
export function toStored(moment: Date | string): string {
  const iso = new Date(moment).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

/** The inverse of `toStored`: `2026-01-01T00:00:00.123Z`. */
export function toIso(stored: string): string {
  return `${stored.slice(0, 10)}T${stored.slice(11)}Z`;
}
