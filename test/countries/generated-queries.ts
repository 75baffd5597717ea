import fc from 'fast-check';
import type { CountryFilter, TextFilter } from '../../src/countries/country.args.js';
import { type CountryOrder, CountryOrderField, OrderDirection } from '../../src/countries/country.args.js';
import { Region } from '../../src/countries/gdp.js';
import type { CountryRow } from '../../src/db/tables.js';

/** Unusual filters, orders and pages, with values from the rows and values that no row holds. */
export function queriesFor(rows: readonly CountryRow[], currencies: readonly string[]) {
  return fc.record({
    filter: filters(rows, currencies),
    orderBy: fc.array(order, { maxLength: 4 }),
    pages: fc.integer({ min: 1, max: 6 }),
  });
}

const order: fc.Arbitrary<CountryOrder> = fc.record({
  field: fc.constantFrom(...Object.values(CountryOrderField)),
  direction: fc.constantFrom(OrderDirection.ASC, OrderDirection.DESC),
});

function filters(rows: readonly CountryRow[], currencies: readonly string[]): fc.Arbitrary<CountryFilter> {
  const valuesOf = (column: keyof CountryRow) => rows.map((row) => row[column]).filter((it) => it !== null);
  const leaf = {
    codes: fc.array(fc.constantFrom(...rows.flatMap(({ code, alpha3 }) => [code, alpha3]), 'ZZ'), {
      maxLength: 40,
    }),
    name: texts(rows.map((row) => row.name)),
    capital: texts(rows.flatMap((row) => JSON.parse(row.capitals) as string[])),
    regions: fc.array(fc.constantFrom(...Object.values(Region)), { maxLength: 4 }),
    subregions: fc.array(fc.constantFrom(...(valuesOf('subregion') as string[]), 'Atlantis', 'Caribbean '), {
      maxLength: 5,
    }),
    currencies: fc.array(fc.constantFrom(...currencies, 'QQQ'), { maxLength: 5 }),
    population: ranges(valuesOf('population') as number[]),
    estimatedGdp: ranges(valuesOf('estimated_gdp') as number[]),
    gdpPerCapita: ranges(valuesOf('gdp_per_capita') as number[]),
    areaKm2: ranges(valuesOf('area_km2') as number[]),
    hasRate: fc.boolean(),
    landlocked: fc.boolean(),
    unMember: fc.boolean(),
    languages: fc.array(fc.constantFrom('fr', 'en', 'es', 'rm', 'tlh'), { maxLength: 3 }),
    borders: fc.array(fc.constantFrom('CH', 'FR', 'CN', 'MT', 'ZZ'), { maxLength: 3 }),
  };
  const { tree } = fc.letrec<{ tree: CountryFilter }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fewOf(leaf),
      fewOf(leaf),
      fc
        .tuple(fewOf(leaf), fewOf({ all: list(tie('tree')), any: list(tie('tree')), not: tie('tree') }))
        .map(([some, more]) => ({ ...some, ...more })),
    ),
  }));
  return tree;
}

/** Two conditions at most: many at once would leave hardly any country. */
function fewOf(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<CountryFilter> {
  return fc
    .subarray(Object.entries(fields), { maxLength: 2 })
    .chain((some) => fc.record(Object.fromEntries(some)) as fc.Arbitrary<CountryFilter>);
}

function list(filter: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  return fc.array(filter, { maxLength: 3 });
}

/** Pieces of what is there, in other cases and without accents, and what would be a pattern elsewhere. */
function texts(known: readonly string[]): fc.Arbitrary<TextFilter> {
  const piece = fc
    .tuple(fc.constantFrom(...known), fc.nat(), fc.integer({ min: 0, max: 6 }), fc.nat(3))
    .map(([text, at, length, kind]) => {
      const letters = Array.from(text);
      const begin = kind === 0 ? 0 : at % letters.length;
      const part = letters.slice(begin, kind === 1 ? undefined : begin + length).join('');
      return kind === 2 ? part.toUpperCase() : part.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    });
  const text = fc.oneof(
    { weight: 6, arbitrary: piece },
    { weight: 2, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '%', '_', 'a%', "'", '\\', 'an\0d', '*', '.*', '🇨🇮') },
  );
  return fc.oneof(
    text.map((it) => ({ contains: it })),
    text.map((it) => ({ startsWith: it })),
    text.map((it) => ({ endsWith: it })),
    text.map((it) => ({ equals: it })),
    fc.array(text, { maxLength: 5 }).map((it) => ({ in: it })),
    fc.tuple(text, text).map(([startsWith, contains]) => ({ startsWith, contains, equals: null })),
  );
}

/** Between two figures that are there, so that the ends matter, or open. */
function ranges(known: readonly number[]): fc.Arbitrary<{ gte?: number; lte?: number | null }> {
  const figure = fc.constantFrom(...known, 0, -1, 1e300);
  return fc.oneof(
    figure.map((gte) => ({ gte })),
    figure.map((lte) => ({ lte })),
    fc.tuple(figure, figure).map(([a, b]) => ({ gte: Math.min(a, b), lte: Math.max(a, b) })),
    fc.constant({ lte: null }),
  );
}
