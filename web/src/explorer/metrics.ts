import { bigDollars, dollars, people, percent } from '../format.ts';
import type { CountriesQuery } from '../generated/graphql.ts';

type CountryNode = CountriesQuery['countries']['nodes'][number];

export interface Row extends CountryNode {
  /** By how many percent its currency has gained against the base; null when that is unknown. */
  change: number | null;
}

/** What the map can be coloured by. */
export interface Metric {
  label: string;
  title: string;
  unit: string;
  /** Where one colour ends and the next begins. */
  thresholds: readonly number[];
  /** Colours go from a middle in two directions. */
  isDiverging?: boolean;
  value: (row: Row) => number | null;
  format: (value: number | null) => string;
  /** A short format for the limits of colours. */
  limit?: (value: number | null) => string;
  /** The period of a change of rates. */
  days?: number;
  /** Of the figure; null where it is not from a source, or there is none. */
  year?: (row: Row) => number | null | undefined;
}

const change = { isDiverging: true, value: (row: Row) => row.change, format: percent };

export const METRICS = {
  gdp: {
    label: 'GDP',
    title: 'Where the world’s output is made',
    unit: 'Gross domestic product, US dollars a year',
    thresholds: [1e9, 1e10, 1e11, 5e11, 2e12],
    value: (row) => row.estimatedGdp ?? null,
    format: bigDollars,
    year: (row) => (isPlaceholder(row) ? null : row.gdp.year),
  },
  'gdp-per-capita': {
    label: 'GDP per capita',
    title: 'How much each country makes per person',
    unit: 'Gross domestic product per capita, US dollars a year',
    thresholds: [1500, 4000, 10_000, 25_000, 50_000],
    value: (row) => row.gdp.perCapita ?? null,
    format: dollars,
    limit: bigDollars,
    year: (row) => row.gdp.year,
  },
  population: {
    label: 'Population',
    title: 'Where people live',
    unit: 'People',
    thresholds: [1e6, 5e6, 2e7, 5e7, 2e8],
    value: (row) => row.population ?? null,
    format: people,
  },
  'currency-30': {
    label: 'Currency, 30 days',
    title: 'Whose money has gained, and whose has lost',
    unit: 'Change in the value of the currency over 30 days',
    thresholds: [-5, -2, -0.5, 0.5, 2, 5],
    days: 30,
    ...change,
  },
  'currency-365': {
    label: 'Currency, 1 year',
    title: 'Whose money has gained, and whose has lost',
    unit: 'Change in the value of the currency over a year',
    thresholds: [-20, -8, -2, 2, 8, 20],
    days: 365,
    ...change,
  },
} satisfies Record<string, Metric>;

export const PLACEHOLDER =
  'Method: population times a random factor, divided by the rate. A placeholder, not to be cited.';

/** Whether the estimate is a random number, which no source has published. */
export function isPlaceholder({ gdp }: { gdp: Pick<Row['gdp'], 'method'> }): boolean {
  return gdp.method === 'MULTIPLIER';
}

export type MetricName = keyof typeof METRICS;

/** Which of the metric's colours a value has, counted from 0; null for an unknown value. */
export function colourOf({ thresholds, value }: Metric, row: Row): number | null {
  const figure = value(row);
  return figure === null ? null : thresholds.filter((it) => figure >= it).length;
}

/** The class that colours it. */
export function colourClass(metric: Metric, colour: number | null): string {
  if (colour === null) return 'unknown';
  return `${metric.isDiverging ? 'diverging' : 'sequential'}-${colour}`;
}
