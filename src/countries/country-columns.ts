import type { CountryRow } from '../db/tables.js';
import type { Country, CountryFacts } from './country.type.js';
import { FACT_FIELDS } from './reference.js';

type Column = keyof CountryRow;
type StoredField = Exclude<keyof Country | 'name' | 'currency', keyof CountryFacts | Inner>;
/** What no query names. */
type Inner = 'englishName' | 'nameKey' | 'currencyCode';

/** Which columns a field of a country is made of, beside its code. Fields that are not here need none. */
const COLUMNS: Record<StoredField, readonly Column[]> = {
  id: [],
  code: [],
  alpha3: ['alpha3'],
  numeric: ['numeric_code'],
  name: ['name'],
  officialName: ['official_name'],
  capital: ['capitals'],
  capitals: ['capitals'],
  region: ['region'],
  subregion: ['subregion'],
  population: ['population'],
  areaKm2: ['area_km2'],
  flagUrl: ['flag_url'],
  currency: ['currency_code'],
  exchangeRate: ['exchange_rate'],
  estimatedGdp: ['estimated_gdp'],
  gdp: ['estimated_gdp', 'gdp_method', 'gdp_per_capita', 'gdp_year', 'gdp_reason'],
  lastRefreshedAt: ['last_refreshed_at'],
};

/** What a query wants to know of countries: the names of fields. There may be names of other types' fields among them. */
export type AskedFields = ReadonlySet<string>;

/** What is made of the columns that a page is sorted by. */
const CURSORS = ['cursor', 'startCursor', 'endCursor'];

/** All columns: for those who keep what they read. */
export const EVERY_FIELD: AskedFields = new Set<string>([
  ...Object.keys(COLUMNS),
  ...FACT_FIELDS,
  ...CURSORS,
]);

export function wantsCursors(asked: AskedFields): boolean {
  return CURSORS.some((field) => asked.has(field));
}

/** The columns to read for it: most queries want few of the many, and reading is most of what such a query costs. */
export function columnsFor(asked: AskedFields, more: readonly Column[] = []): Column[] {
  const columns = new Set<Column>(['code', ...more]);
  for (const field of asked) {
    for (const column of isStored(field) ? COLUMNS[field] : []) columns.add(column);
  }
  return [...columns];
}

function isStored(field: string): field is StoredField {
  return Object.hasOwn(COLUMNS, field);
}
