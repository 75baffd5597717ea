import { Decimal } from 'decimal.js';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { createEnum, nullable, SafeIntScalar } from '../scalars.js';
import type { Country } from './country.type.js';

export type CountryGrouping = keyof typeof CountryGrouping;
export const CountryGrouping = createEnum('CountryGrouping', 'How countries are grouped.', {
  REGION: { description: 'By region; the key is its name in the enum Region.' },
  SUBREGION: { description: 'By subregion; the key is its English name.' },
  CURRENCY: { description: 'By the field `currency`, each country once; the key is its code.' },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Sums and averages over a group of countries, of the figures that are known: each with the count of those.',
})
export class CountryStats {
  @Field(() => String, nullable('The common value. Null in total, and for countries without a value.'))
  key!: string | null;

  @Field(() => Int, { description: 'How many countries, with known figures or not.' })
  count!: number;

  @Field(() => SafeIntScalar, nullable('People. Null when unknown for all countries of the group.'))
  population!: number | null;

  @Field(() => Int, { description: 'Of how many countries `population` is the sum.' })
  populationCount!: number;

  @Field(() => Float, nullable('People: `population` / `populationCount`. Null when that is 0.'))
  populationAverage!: number | null;

  @Field(() => Float, nullable('Square kilometres. Null when unknown for all countries of the group.'))
  areaKm2!: number | null;

  @Field(() => Int, { description: 'Of how many countries `areaKm2` is the sum.' })
  areaKm2Count!: number;

  @Field(() => Float, nullable('Square kilometres: `areaKm2` / `areaKm2Count`. Null when that is 0.'))
  areaKm2Average!: number | null;

  @Field(() => Float, nullable('US dollars per year. Null when no country of the group has an estimate.'))
  estimatedGdp!: number | null;

  @Field(() => Int, { description: 'Of how many countries `estimatedGdp` is the sum.' })
  estimatedGdpCount!: number;

  @Field(() => Float, nullable('US dollars per year: `estimatedGdp` / `estimatedGdpCount`. Null when that is 0.'))
  estimatedGdpAverage!: number | null;
}

const KEYS: Record<CountryGrouping, (country: Country) => string | null> = {
  REGION: ({ region }) => region,
  SUBREGION: ({ subregion }) => subregion,
  CURRENCY: ({ currency }) => currency?.code ?? null,
};

/** Sums by group in the order of the keys, null last; without a grouping one row, even of no countries. */
export function summarise(countries: readonly Country[], groupBy: CountryGrouping | null | undefined): CountryStats[] {
  if (!groupBy) return [totals(null, countries)];
  const groups = new Map<string | null, Country[]>();
  for (const country of countries) {
    const key = KEYS[groupBy](country);
    groups.set(key, [...(groups.get(key) ?? []), country]);
  }
  return [...groups].map(([key, group]) => totals(key, group)).sort(byKey);
}

function totals(key: string | null, countries: readonly Country[]): CountryStats {
  const population = figures(countries.map((country) => country.population));
  const area = figures(countries.map((country) => country.areaKm2));
  const gdp = figures(countries.map((country) => country.estimatedGdp));
  return {
    key,
    count: countries.length,
    population: population.sum,
    populationCount: population.count,
    populationAverage: population.average,
    areaKm2: area.sum,
    areaKm2Count: area.count,
    areaKm2Average: area.average,
    estimatedGdp: gdp.sum,
    estimatedGdpCount: gdp.count,
    estimatedGdpAverage: gdp.average,
  };
}

/** Enough digits to add up doubles exactly, so that sums do not depend on the order of the rows. */
const Exact = Decimal.clone({ precision: 80 });

/** The sum of what is known; null when nothing is. */
function figures(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { sum: null, count: 0, average: null };
  const sum = known.reduce((total, value) => total.add(value), new Exact(0));
  return { sum: sum.toNumber(), count: known.length, average: sum.div(known.length).toNumber() };
}

function byKey(a: CountryStats, b: CountryStats): number {
  if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
  return a.key < b.key ? -1 : 1;
}
