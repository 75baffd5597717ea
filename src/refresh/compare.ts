import type { CountryCurrencyRow, CountryRow } from '../db/tables.js';
import type { Stored } from './stored.js';

export interface Counts {
  inserted: number;
  updated: number;
  unchanged: number;
  /** Stored, but not among the countries of this refresh. */
  missing: CountryRow[];
}

/**
 * Counts what a refresh changes. The databases cannot: their counts of affected rows differ, and the time of the
 * refresh changes in every row.
 */
export function compare(countries: CountryRow[], links: CountryCurrencyRow[], stored: Stored): Counts {
  const before = currenciesByCountry(stored.links);
  const after = currenciesByCountry(links);
  const counts: Counts = { inserted: 0, updated: 0, unchanged: 0, missing: [] };
  for (const row of countries) {
    const known = stored.countries.get(row.code);
    if (!known) counts.inserted += 1;
    else if (sameFacts(row, known) && before.get(row.code) === after.get(row.code)) counts.unchanged += 1;
    else counts.updated += 1;
  }
  const refreshed = new Set(countries.map((row) => row.code));
  counts.missing = [...stored.countries.values()].filter((row) => !refreshed.has(row.code));
  return counts;
}

function currenciesByCountry(links: CountryCurrencyRow[]): Map<string, string> {
  const codes = new Map<string, string>();
  for (const { country_code, currency_code } of links) {
    codes.set(country_code, `${codes.get(country_code) ?? ''} ${currency_code}`);
  }
  return codes;
}

function sameFacts(row: CountryRow, known: CountryRow): boolean {
  return (Object.keys(row) as (keyof CountryRow)[]).every(
    (column) => column === 'last_refreshed_at' || row[column] === known[column],
  );
}
