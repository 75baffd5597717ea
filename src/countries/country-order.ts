import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { CountryRow, Tables } from '../db/tables.js';
import { type CountryOrder, CountryOrderField, OrderDirection } from './country.args.js';

type Column = keyof CountryRow & string;
type Builder = ExpressionBuilder<Tables, 'countries'>;

/** A column to sort by. What is null comes last, whichever the direction. */
export interface SortKey {
  column: Column;
  direction: 'asc' | 'desc';
}

/** The values that a row has in the columns it is sorted by. */
export type Position = (string | number | null)[];

const COLUMNS: Readonly<Record<CountryOrderField, Column>> = {
  CODE: 'code',
  ALPHA3: 'alpha3',
  NUMERIC: 'numeric_code',
  NAME: 'name_key',
  OFFICIAL_NAME: 'official_name',
  REGION: 'region',
  SUBREGION: 'subregion',
  POPULATION: 'population',
  AREA_KM2: 'area_km2',
  CURRENCY: 'currency_code',
  EXCHANGE_RATE: 'exchange_rate',
  ESTIMATED_GDP: 'estimated_gdp',
  GDP_PER_CAPITA: 'gdp_per_capita',
  LAST_REFRESHED_AT: 'last_refreshed_at',
};

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

/** The rows that stand behind a position: equal in the first columns, and further on in the next. */
export function isBehind(eb: Builder, keys: readonly SortKey[], position: Position): Expression<SqlBool> {
  return eb.or(
    keys.map((_, at) =>
      eb.and([
        ...keys.slice(0, at).map((key, before) => sameValue(eb, key, position[before] ?? null)),
        laterValue(eb, keys[at] as SortKey, position[at] ?? null),
      ]),
    ),
  );
}

function sameValue(eb: Builder, { column }: SortKey, value: string | number | null): Expression<SqlBool> {
  return value === null ? eb(column, 'is', null) : eb(column, '=', value);
}

function laterValue(eb: Builder, { column, direction }: SortKey, value: string | number | null) {
  if (value === null) return sql<SqlBool>`1 = 0`;
  return eb.or([eb(column, direction === 'asc' ? '>' : '<', value), eb(column, 'is', null)]);
}
