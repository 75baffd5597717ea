import type { CountryCurrencyRow, CountryRow } from '../db/tables.js';
import type { FieldChange } from './refresh.type.js';
import type { Stored } from './stored.js';

export interface Counts {
  /** The codes of countries that are not stored. */
  inserted: string[];
  updated: number;
  unchanged: number;
  /** Stored, but not among the countries of this refresh. */
  missing: CountryRow[];
  /** What changed in how many countries, the most frequent first. */
  fields: FieldChange[];
}

/**
 * Counts what a refresh changes. The databases cannot: their counts of affected rows differ, and the time of the
 * refresh changes in every row.
 */
export function compare(countries: CountryRow[], links: CountryCurrencyRow[], stored: Stored): Counts {
  const before = currenciesByCountry(stored.links);
  const after = currenciesByCountry(links);
  const refreshed = new Set(countries.map((row) => row.code));
  const known = countries.filter((row) => stored.countries.has(row.code));
  const changes = known.map((row) => [
    ...changedFields(row, stored.countries.get(row.code)),
    ...(before.get(row.code) === after.get(row.code) ? [] : ['currencies']),
  ]);
  const updated = changes.filter((fields) => fields.length > 0).length;
  return {
    inserted: countries.map((row) => row.code).filter((code) => !stored.countries.has(code)),
    updated,
    unchanged: known.length - updated,
    missing: [...stored.countries.values()].filter((row) => !refreshed.has(row.code)),
    fields: tally(changes.flat()),
  };
}

function currenciesByCountry(links: CountryCurrencyRow[]): Map<string, string> {
  const codes = new Map<string, string>();
  for (const { country_code, currency_code } of links) {
    codes.set(country_code, `${codes.get(country_code) ?? ''} ${currency_code}`);
  }
  return codes;
}

/** Columns that no reader sees, which are made of others, or that change every time. */
const UNSEEN: ReadonlySet<string> = new Set<keyof CountryRow>([
  ...(['name_key', 'official_name_key', 'capitals_key'] as const),
  'last_refreshed_at',
]);

/** Where a column is no field of that name. */
const FIELD_NAMES: Partial<Record<keyof CountryRow, string>> = {
  numeric_code: 'numeric',
  currency_code: 'currency',
  gdp_per_capita: 'gdp.perCapita',
  gdp_year: 'gdp.year',
  gdp_method: 'gdp.method',
  gdp_reason: 'gdp.reason',
};

function changedFields(row: CountryRow, known: CountryRow | undefined): string[] {
  const columns = Object.keys(row) as (keyof CountryRow)[];
  return columns
    .filter((column) => !UNSEEN.has(column) && row[column] !== known?.[column])
    .map((column) => FIELD_NAMES[column] ?? column.replace(/_./g, ([, letter = '']) => letter.toUpperCase()));
}

function tally(fields: string[]): FieldChange[] {
  const counts = new Map<string, number>();
  for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts]
    .map(([field, countries]) => ({ field, countries }))
    .sort((a, b) => b.countries - a.countries || (a.field < b.field ? -1 : 1));
}
