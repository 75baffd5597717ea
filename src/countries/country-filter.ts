import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
import type { CountryFilter, FloatRange, TextFilter } from './country.args.js';
import { nameKey } from './name-key.js';

type Builder = ExpressionBuilder<Tables, 'countries'>;
type Condition = Expression<SqlBool>;
type Column = 'population' | 'estimated_gdp' | 'area_km2';

/** Nesting deeper than anybody writes by hand. */
const MAX_DEPTH = 5;

/**
 * The filter as a condition in SQL. Every condition is true or false, never unknown, so that `not` is the exact
 * complement. What the user typed is always a bound value, never a pattern.
 */
export function matches(eb: Builder, filter: CountryFilter, depth = 1): Condition {
  if (depth > MAX_DEPTH) throw new BadUserInputError(`filter may be nested at most ${MAX_DEPTH} deep`);
  const { codes, name, regions, subregions, currencies, hasRate, all, any, not } = filter;
  const conditions: Condition[] = [
    ...given(codes, (list) => eb.or([within(eb, 'code', list), within(eb, 'alpha3', list)])),
    ...given(name, (text) => eb.and(textMatches(text))),
    ...given(regions, (list) => within(eb, 'region', list)),
    ...given(subregions, (list) => within(eb, 'subregion', list)),
    ...given(currencies, (list) => hasCurrency(eb, list)),
    ...given(filter.population, (range) => inRange(eb, 'population', range)),
    ...given(filter.estimatedGdp, (range) => inRange(eb, 'estimated_gdp', range)),
    ...given(filter.areaKm2, (range) => inRange(eb, 'area_km2', range)),
    ...given(hasRate, (wanted) => eb('exchange_rate', wanted ? 'is not' : 'is', null)),
    ...given(all, (filters) => eb.and(filters.map((one) => matches(eb, one, depth + 1)))),
    ...given(any, (filters) => eb.or(filters.map((one) => matches(eb, one, depth + 1)))),
    ...given(not, (one) => eb.not(matches(eb, one, depth + 1))),
  ];
  return eb.and(conditions);
}

function given<T>(value: T | null | undefined, condition: (value: T) => Condition): Condition[] {
  return value === null || value === undefined ? [] : [condition(value)];
}

function within(
  eb: Builder,
  column: 'code' | 'alpha3' | 'region' | 'subregion',
  values: string[],
): Condition {
  if (values.length === 0) return eb.or([]);
  return eb.and([eb(column, 'is not', null), eb(column, 'in', values)]);
}

function hasCurrency(eb: Builder, codes: string[]): Condition {
  if (codes.length === 0) return eb.or([]);
  return eb.exists(
    eb
      .selectFrom('country_currencies as cc')
      .select('cc.country_code')
      .whereRef('cc.country_code', '=', 'countries.code')
      .where('cc.currency_code', 'in', codes),
  );
}

function textMatches({ equals, contains, startsWith }: TextFilter): Condition[] {
  const column = sql.ref('countries.name_key');
  return [
    ...given(equals, (text) => sql<SqlBool>`${column} = ${nameKey(text)}`),
    ...given(contains, (text) => sql<SqlBool>`instr(${column}, ${nameKey(text)}) > 0`),
    ...given(startsWith, (text) => {
      const start = nameKey(text);
      return sql<SqlBool>`substr(${column}, 1, ${Array.from(start).length}) = ${start}`;
    }),
  ];
}

function inRange(eb: Builder, column: Column, { gte, lte }: FloatRange): Condition {
  return eb.and([
    eb(column, 'is not', null),
    ...given(gte, (least) => eb(column, '>=', least)),
    ...given(lte, (most) => eb(column, '<=', most)),
  ]);
}
