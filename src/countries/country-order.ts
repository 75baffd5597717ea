import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { CountryRow, Tables } from '../db/tables.js';
import { type CountryOrder, CountryOrderField, OrderDirection } from './country.args.js';

type SortColumn = keyof typeof COLUMN_KINDS;
type Builder = ExpressionBuilder<Tables, 'countries'>;

/** A column to sort by. What is null comes last, whichever the direction. */
export interface SortKey {
  column: SortColumn;
  direction: 'asc' | 'desc';
}

/** The values that a row has in the columns it is sorted by. */
export type Position = (string | number | null)[];

const COLUMNS = {
  CODE: 'code',
  ALPHA3: 'alpha3',
  NUMERIC: 'numeric_code',
  NAME: 'name_key',
  OFFICIAL_NAME: 'official_name_key',
  REGION: 'region',
  SUBREGION: 'subregion',
  POPULATION: 'population',
  AREA_KM2: 'area_km2',
  CURRENCY: 'currency_code',
  EXCHANGE_RATE: 'exchange_rate',
  ESTIMATED_GDP: 'estimated_gdp',
  GDP_PER_CAPITA: 'gdp_per_capita',
  LAST_REFRESHED_AT: 'last_refreshed_at',
} as const satisfies Record<CountryOrderField, keyof CountryRow>;

/** What a position in the column may be. */
export const COLUMN_KINDS = {
  code: 'text',
  alpha3: 'text',
  numeric_code: 'text',
  name_key: 'text',
  official_name_key: 'text',
  region: 'text',
  subregion: 'text',
  population: 'number',
  area_km2: 'number',
  currency_code: 'text',
  exchange_rate: 'number',
  estimated_gdp: 'number',
  gdp_per_capita: 'number',
  last_refreshed_at: 'moment',
} as const;

/** Columns that every country has a value in. To sort their nulls as well would keep a database from using its index. */
const NEVER_NULL: ReadonlySet<SortColumn> = new Set(['code', 'alpha3', 'name_key', 'last_refreshed_at']);

export function mayBeNull(column: SortColumn): boolean {
  return !NEVER_NULL.has(column);
}

/** The code breaks ties, so that the order is total and a page ends at one exact place. By name when nothing is said. */
export function sortKeys(orderBy: readonly CountryOrder[] | null | undefined): SortKey[] {
  const wanted = orderBy?.length
    ? orderBy
    : [{ field: CountryOrderField.NAME, direction: OrderDirection.ASC }];
  const keys = wanted.map(({ field, direction }): SortKey => {
    return { column: COLUMNS[field], direction: direction === OrderDirection.DESC ? 'desc' : 'asc' };
  });
  const firstOfEach = keys.filter((key, at) => keys.findIndex((other) => other.column === key.column) === at);
  const end = firstOfEach.findIndex((key) => key.column === 'code');
  return end === -1 ? [...firstOfEach, { column: 'code', direction: 'asc' }] : firstOfEach.slice(0, end + 1);
}

export function positionOf(row: CountryRow, keys: readonly SortKey[]): Position {
  return keys.map(({ column }) => row[column]);
}

/** On which side of a position a row stands. */
export type Side = 'before' | 'behind';

/** The rows on that side: equal in the first columns, and further to it in the next. */
export function isBeside(eb: Builder, side: Side, keys: readonly SortKey[], position: Position) {
  return eb.or(
    keys.map((key, at) =>
      eb.and([...sameValues(eb, keys.slice(0, at), position), further(eb, side, key, position[at] ?? null)]),
    ),
  );
}

/** The row that stands at the position itself. */
export function isAt(eb: Builder, keys: readonly SortKey[], position: Position): Expression<SqlBool> {
  return eb.and(sameValues(eb, keys, position));
}

function sameValues(eb: Builder, keys: readonly SortKey[], position: Position): Expression<SqlBool>[] {
  return keys.map(({ column }, at) => {
    const value = position[at] ?? null;
    return value === null ? eb(column, 'is', null) : eb(column, '=', value);
  });
}

function further(eb: Builder, side: Side, { column, direction }: SortKey, value: string | number | null) {
  const operator = (direction === 'asc') === (side === 'behind') ? '>' : '<';
  if (side === 'before') return value === null ? eb(column, 'is not', null) : eb(column, operator, value);
  if (value === null) return sql<SqlBool>`1 = 0`;
  return eb.or([eb(column, operator, value), eb(column, 'is', null)]);
}
