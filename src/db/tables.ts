/**
 * The tables as Kysely sees them, alike in every dialect:
 * timestamps are UTC text `YYYY-MM-DD HH:MM:SS.mmm` (see time.ts), days `YYYY-MM-DD`, flags 0 or 1, lists JSON text,
 * rates and dollars IEEE 754 doubles, populations integers up to 2^53.
 *
 * Text is trimmed and without NUL; a longer one fails the write in some dialects: codes 3 characters, names and
 * reasons 255, regions, ids, states, methods, symbols and sources 64, the rest any length.
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
  /** ISO 3166-1 alpha-2: the key. Names differ from source to source, codes do not. */
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
  /** The first currency that has a rate, else the first. */
  currency_code: string | null;
  /** Units of `currency_code` for 1 USD at the last refresh. */
  exchange_rate: number | null;
  gdp_per_capita: number | null;
  gdp_year: number | null;
  estimated_gdp: number | null;
  gdp_method: string;
  /** Why there is no estimate; null when there is one. */
  gdp_reason: string | null;
  /** The adapter that the facts came from. */
  source: string;
  last_refreshed_at: string;
}

export interface CountryCurrencyRow {
  country_code: string;
  currency_code: string;
  /** From 0, in the source's order. */
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
}

/** A country that no refresh brings back. */
interface RemovedCountryRow {
  code: string;
  name: string;
  removed_at: string;
}

/** There is one row: who may write the refreshed data. */
export interface RefreshLeaseRow {
  name: string;
  /** The id of the refresh that holds it; empty when it is free. */
  holder: string;
  /** Grows by one with each holder. */
  token: number;
  /** Grows by one with each sign of life. */
  beat: number;
  /** The database's own time of the last sign of life. */
  renewed_at: string;
  /** The id of the refresh from which it was last taken by a cancellation; empty when none was. */
  cancelled: string;
  /** The holder's report so far, as JSON. */
  report: string;
}

/** There is one row. */
interface DataVersionRow {
  id: number;
  /** Counted up by every write of data. */
  version: number;
}

/**
 * A moment as the tables hold it, `YYYY-MM-DD HH:MM:SS.mmm` in UTC: text that every dialect gives back as it was,
 * and that sorts by time.
 */
export function toStored(moment: Date | string): string {
  const iso = typeof moment === 'string' && isoPattern.test(moment) ? moment : new Date(moment).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

/** `2026-01-01T00:00:00.123Z` for what toStored made of it. */
export function toIso(stored: string): string {
  if (stored !== last.stored) last = { stored, iso: `${stored.slice(0, 10)}T${stored.slice(11)}Z` };
  return last.iso;
}

/** Rows that were written together have it in common, and a list has hundreds of them. */
let last = { stored: '', iso: '' };

const isoPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
