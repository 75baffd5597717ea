import { readLastRates } from '../currencies/last-rates.js';
import type { Database } from '../db/database.js';
import type { CountryCurrencyRow, CountryRow, CurrencyRow, ExchangeRateRow } from '../db/tables.js';
import { RefreshReports } from './reports.js';
import type { SourceUse } from './source-use.type.js';

/** What the database holds before a refresh: what the answers of the sources are compared with. */
export interface Stored {
  countries: Map<string, CountryRow>;
  currencies: Map<string, CurrencyRow>;
  links: CountryCurrencyRow[];
  /** The last observation of each currency. */
  rates: Map<string, ExchangeRateRow>;
  /** Jumps of the last observation that were not believed. */
  held: Map<string, ExchangeRateRow>;
  /** The codes of countries that were deleted for good. */
  excluded: Set<string>;
  /** Where it came from. */
  sources: SourceUse[];
}

export async function readStored(database: Database): Promise<Stored> {
  const { kysely } = database;
  const [countries, currencies, links, rates, held, excluded, last] = await Promise.all([
    kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    kysely.selectFrom('currencies').selectAll().execute(),
    kysely.selectFrom('country_currencies').selectAll().orderBy('country_code').orderBy('position').execute(),
    readLastRates(database),
    kysely.selectFrom('held_rates').selectAll().execute(),
    kysely.selectFrom('removed_countries').select('code').execute(),
    new RefreshReports(database).lastSuccess(),
  ]);
  return {
    countries: new Map(countries.map((row) => [row.code, row])),
    currencies: new Map(currencies.map((row) => [row.code, row])),
    links,
    rates: new Map(rates.map((row) => [row.currency_code, row])),
    held: new Map(held.map((row) => [row.currency_code, row])),
    excluded: new Set(excluded.map((row) => row.code)),
    sources: last?.sources ?? [],
  };
}
