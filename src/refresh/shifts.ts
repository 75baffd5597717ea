import type { CountryRow } from '../db/tables.js';
import type { CountryRecord, SourceUse, Warning } from '../sources/source.js';
import type { Fetched, Stored } from './model.js';

/** A figure of an answer, and what is stored in its place. */
export type Pair = readonly [figure: number, known: number];

/**
 * Single figures may move a lot, but not many of them between two refreshes. Of the populations of three sources five
 * years apart, 2 % differ by more than the factor; of the areas, 2 %; of the rates of two days, 1 %.
 */
const LARGEST_FACTOR = 1.5;
const LARGEST_SHARE = 0.2;

/** Fewer figures say nothing about a set. */
const FEWEST_FIGURES = 20;

/** Leaves out populations, areas and GDP figures that have moved together: the stored ones stay. */
export function withoutShiftedFigures(fetched: Fetched, stored: Stored): Fetched {
  const { countries, gdp } = fetched;
  const { use, records } = countries;
  const population = shiftIn('populations', use, pairs(records, stored, 'population', 'population'));
  const area = shiftIn('areas', use, pairs(records, stored, 'areaKm2', 'area_km2'));
  const perCapita = gdp && shiftIn('GDP figures', gdp.use, pairs(gdp.records, stored, 'perCapita', 'gdp_per_capita'));
  const warnings = [population, area, perCapita].filter((warning) => warning !== null);
  if (warnings.length === 0) return fetched;
  const change: Partial<CountryRecord> = { ...(population && { population: null }), ...(area && { areaKm2: null }) };
  return {
    ...fetched,
    countries: { ...countries, records: records.map((record) => ({ ...record, ...change })) },
    gdp: perCapita ? null : gdp,
    warnings: [...fetched.warnings, ...warnings],
  };
}

function pairs<R extends { code: string }>(
  records: readonly R[],
  { countries }: Stored,
  field: keyof R,
  column: keyof CountryRow,
): Pair[] {
  return records.flatMap((record) => {
    const [figure, known] = [record[field], countries.get(record.code)?.[column]];
    return typeof figure === 'number' && typeof known === 'number' ? [[figure, known]] : [];
  });
}

/** A warning when more figures have moved than can be true; the caller keeps the stored ones. */
export function shiftIn(what: string, { source }: SourceUse, pairs: readonly Pair[]): Warning | null {
  const moved = pairs.filter(([figure, known]) => factor(figure, known) > LARGEST_FACTOR);
  if (pairs.length < FEWEST_FIGURES || moved.length <= pairs.length * LARGEST_SHARE) return null;
  const inverted = moved.filter(([figure, known]) => factor(figure, 1 / known) <= LARGEST_FACTOR);
  const isInverted = what === 'rates' && inverted.length > moved.length / 2;
  const message =
    `${moved.length} of ${pairs.length} ${what} from ${source} differ from the stored ones by more than a factor of ` +
    `${LARGEST_FACTOR}${isInverted ? ', and most are their inverse' : ''}; the stored ones were kept. ` +
    'A refresh with force takes the new ones';
  return { code: isInverted ? 'RATES_INVERTED' : 'FIGURES_SHIFTED', country: null, currency: null, message };
}

/** How far apart two figures are, whichever is the larger. */
export function factor(a: number, b: number): number {
  return Math.max(a / b, b / a);
}
