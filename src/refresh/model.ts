import type { CountryCurrencyRow, CountryRow, CurrencyRow, ExchangeRateRow } from '../db/tables.js';
import type { CountryRecord, GdpRecord, RateRecord, SourceAnswer, Warning } from '../sources/source.js';
import type { Refresh, SourceUse } from './refresh.type.js';

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
export interface Merged {
  counts: Changes & Pick<Refresh, 'received' | 'rejected' | 'excluded' | 'missing' | 'missingCodes'>;
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

export type Changes = Pick<Refresh, 'inserted' | 'insertedCodes' | 'updated' | 'unchanged' | 'fields'>;
