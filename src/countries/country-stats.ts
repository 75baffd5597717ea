import { Decimal } from 'decimal.js';
import type { CountryRow } from '../db/tables.js';
import { CountryGrouping, type CountryStats } from './country-stats.type.js';

export const STATS_COLUMNS = [
  'region',
  'subregion',
  'currency_code',
  'population',
  'area_km2',
  'estimated_gdp',
] as const satisfies (keyof CountryRow)[];

export type StatsRow = Pick<CountryRow, (typeof STATS_COLUMNS)[number]>;

const GROUP_COLUMNS = {
  [CountryGrouping.REGION]: 'region',
  [CountryGrouping.SUBREGION]: 'subregion',
  [CountryGrouping.CURRENCY]: 'currency_code',
} as const satisfies Record<CountryGrouping, keyof StatsRow>;

/**
 * Sums by group, in the order of the keys, what has none last; without a grouping one row, even of no countries.
 * Added up here and exactly: a sum of doubles in SQL changes in the last digit with the order in which a database reads.
 */
export function summarise(
  rows: readonly StatsRow[],
  groupBy: CountryGrouping | null | undefined,
): CountryStats[] {
  if (!groupBy) return [totals(null, rows)];
  const groups = new Map<string | null, StatsRow[]>();
  for (const row of rows) {
    const key = row[GROUP_COLUMNS[groupBy]];
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, group]) => totals(key, group)).sort(byKey);
}

function totals(key: string | null, rows: readonly StatsRow[]): CountryStats {
  return {
    key,
    count: rows.length,
    population: sum(rows.map((row) => row.population)),
    areaKm2: sum(rows.map((row) => row.area_km2)),
    estimatedGdp: sum(rows.map((row) => row.estimated_gdp)),
  };
}

/** Of all digits of a double, and of as many as there may be beside it. */
const Exact = Decimal.clone({ precision: 80 });

/** The sum of what is known; null when nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((total, value) => total.add(value), new Exact(0)).toNumber();
}

function byKey(a: CountryStats, b: CountryStats): number {
  if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
  return a.key < b.key ? -1 : 1;
}
