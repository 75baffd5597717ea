import { Decimal } from 'decimal.js';
import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { SafeIntScalar } from '../scalars.js';
import type { Country } from './country.type.js';

export enum CountryGrouping {
  REGION = 'REGION',
  SUBREGION = 'SUBREGION',
  CURRENCY = 'CURRENCY',
}
registerEnumType(CountryGrouping, {
  name: 'CountryGrouping',
  description: 'What countries are put together by.',
  valuesConfig: {
    REGION: { description: 'By region; the key is its name in the enum Region.' },
    SUBREGION: { description: 'By subregion; the key is its English name.' },
    CURRENCY: {
      description: 'By the field `currency`, so that each country counts once; the key is its code.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Sums over a group of countries. The average is the sum divided by the count of a filter for known figures.',
})
export class CountryStats {
  @Field(() => String, {
    nullable: true,
    description:
      'What the countries have in common. Null for the total, and for the group of the countries that have none.',
  })
  key!: string | null;

  @Field(() => Int, { description: 'How many countries, with known figures or not.' })
  count!: number;

  @Field(() => SafeIntScalar, {
    nullable: true,
    description: 'People, added up over the countries where it is known. Null when it is known of none.',
  })
  population!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Square kilometres, added up over the countries where it is known. Null when it is known of none.',
  })
  areaKm2!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'US dollars a year, added up over the countries that have an estimate. Null when none of them has one.',
  })
  estimatedGdp!: number | null;
}

const KEYS: Record<CountryGrouping, (country: Country) => string | null> = {
  REGION: ({ region }) => region,
  SUBREGION: ({ subregion }) => subregion,
  CURRENCY: ({ currency }) => currency?.code ?? null,
};

/**
 * Sums by group, in the order of the keys, what has none last; without a grouping one row, even of no countries.
 * Added up here and exactly: a sum of doubles in SQL changes in the last digit with the order in which a database reads.
 */
export function summarise(
  countries: readonly Country[],
  groupBy: CountryGrouping | null | undefined,
): CountryStats[] {
  if (!groupBy) return [totals(null, countries)];
  const groups = new Map<string | null, Country[]>();
  for (const country of countries) {
    const key = KEYS[groupBy](country);
    groups.set(key, [...(groups.get(key) ?? []), country]);
  }
  return [...groups].map(([key, group]) => totals(key, group)).sort(byKey);
}

function totals(key: string | null, countries: readonly Country[]): CountryStats {
  return {
    key,
    count: countries.length,
    population: sum(countries.map((country) => country.population)),
    areaKm2: sum(countries.map((country) => country.areaKm2)),
    estimatedGdp: sum(countries.map((country) => country.estimatedGdp)),
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
