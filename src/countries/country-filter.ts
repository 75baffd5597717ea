import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Tables } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
import type { CountryFilter, FloatRange } from './country.args.js';
import { factConditions } from './fact-filter.js';
import { checkSize } from './filter-size.js';
import { anyNameMatches, capitalMatches, nameMatches } from './text-filter.js';

type Builder = ExpressionBuilder<Tables, 'countries'>;
type Condition = Expression<SqlBool>;

/**
 * The filter as a condition in SQL. Every condition is true or false, never unknown, so that `not` is the exact
 * complement. What the user typed is always a bound value, never a pattern.
 */
export function matches(eb: Builder, filter: CountryFilter): Condition {
  checkSize(filter);
  return allOf(eb, filter);
}

function allOf(eb: Builder, filter: CountryFilter): Condition {
  const { codes, regions, subregions, currencies, hasRate, all, any, not } = filter;
  return eb.and([
    ...given(codes, (list) => eb.or([within(eb, 'code', list), within(eb, 'alpha3', list)])),
    ...given(filter.name, (text) => nameMatches(eb, text)),
    ...given(filter.anyName, (text) => anyNameMatches(eb, text)),
    ...given(filter.capital, (text) => capitalMatches(eb, text)),
    ...given(regions, (list) => within(eb, 'region', list)),
    // Where blanks at the end do not count in comparisons, they must not count anywhere.
    ...given(subregions, (list) => within(eb, 'subregion', list.map(oneLine))),
    ...given(currencies, (list) => hasCurrency(eb, list)),
    ...given(filter.population, (range) => inRange(eb, 'population', range)),
    ...given(filter.estimatedGdp, (range) => inRange(eb, 'estimated_gdp', range)),
    ...given(filter.gdpPerCapita, (range) => inRange(eb, 'gdp_per_capita', range)),
    ...given(filter.areaKm2, (range) => inRange(eb, 'area_km2', range)),
    ...given(hasRate, (wanted) => eb('exchange_rate', wanted ? 'is not' : 'is', null)),
    ...factConditions(filter).map((list) => within(eb, 'code', list)),
    ...given(all, (filters) => eb.and(filters.map((one) => allOf(eb, one)))),
    ...given(any, (filters) => eb.or(filters.map((one) => allOf(eb, one)))),
    ...given(not, (one) => eb.not(allOf(eb, one))),
  ]);
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

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim();
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

type Quantity = 'population' | 'estimated_gdp' | 'gdp_per_capita' | 'area_km2';

function inRange(eb: Builder, column: Quantity, { gte, lte }: FloatRange): Condition {
  if (![gte ?? 0, lte ?? 0].every(Number.isFinite)) {
    throw new BadUserInputError('The ends of a range must be finite numbers');
  }
  if ((gte ?? Number.NEGATIVE_INFINITY) > (lte ?? Number.POSITIVE_INFINITY)) {
    throw new BadUserInputError(`The range from ${gte} to ${lte} is empty: gte must not be greater than lte`);
  }
  return eb.and([
    eb(column, 'is not', null),
    ...given(gte, (least) => eb(column, '>=', least)),
    ...given(lte, (most) => eb(column, '<=', most)),
  ]);
}
