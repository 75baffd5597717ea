import type { CountryCurrencyRow, CountryRow, CurrencyRow, ExchangeRateRow } from '../db/tables.js';
import type { CountryRecord, GdpRecord, RateRecord, SourceAnswer, Warning } from '../sources/source.js';
import type { FieldChange, SourceUse } from './refresh.type.js';

/** What the database holds before a refresh. */
export interface Stored {
  countries: Map<string, CountryRow>;
  currencies: Map<string, CurrencyRow>;
  links: CountryCurrencyRow[];
  /** The last observation of each currency. */
  rates: Map<string, ExchangeRateRow>;
  /** Rate jumps in quarantine until the next observation confirms them. */
  quarantined: Map<string, ExchangeRateRow>;
  /** The codes of countries that were deleted permanently. */
  excluded: Set<string>;
  /** Those of the last successful refresh. */
  sources: SourceUse[];
  /** When that was, by the clock of its process. */
  refreshedAt: string | null;
}

/** What the sources sent. */
export interface Fetched {
  countries: SourceAnswer<CountryRecord>;
  rates: SourceAnswer<RateRecord>;
  /** Null when its source failed: the stored figures stay. */
  gdp: SourceAnswer<GdpRecord> | null;
  /** Sources that failed without failing the refresh. */
  warnings: Warning[];
}

/** What a refresh writes, and the counts for its report. */
export interface Merged extends Counts {
  received: number;
  rejected: number;
  /** Sent by the source, but deleted permanently here. */
  excluded: number;
  countries: CountryRow[];
  currencies: CurrencyRow[];
  links: CountryCurrencyRow[];
  /** Currencies that the countries of this refresh no longer use. */
  removedLinks: CountryCurrencyRow[];
  rates: ExchangeRateRow[];
  quarantinedRates: ExchangeRateRow[];
  /** Currencies whose rate leaves the quarantine. */
  releasedRates: string[];
  warnings: Warning[];
}

export interface Counts {
  /** The codes of countries that were not stored before. */
  inserted: string[];
  updated: number;
  unchanged: number;
  /** Stored, but not sent by the source. */
  missing: CountryRow[];
  /** In how many countries each field changed, the most frequent first. */
  fields: FieldChange[];
}
