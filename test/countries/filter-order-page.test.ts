import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import reference from '../../bundled/reference.json' with { type: 'json' };
import type { CountryFilter, CountryOrder } from '../../src/countries/country.args.js';
import { CountryService } from '../../src/countries/country.service.js';
import { CountryGrouping } from '../../src/countries/country-stats.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { bundledDatabase, bundledRows } from '../bundled.js';
import { createTestDatabase, testDialects } from '../databases.js';
import { runs } from '../runs.js';
import { queriesFor } from './generated-queries.js';
import { expectedCodes, type Known } from './reference-implementation.js';

/** The data set of the project, with figures that are equal and names that sort awkwardly. */
function awkwardRows() {
  return bundledRows((record, at) => {
    if (at % 7 === 0) record.population = 1_000_000;
    if (at % 11 === 0) record.areaKm2 = 0.1 + 0.2;
    if (at % 13 === 0) record.subregion = null;
    if (at % 17 === 0) record.officialName = `${record.name.slice(0, 2)} of`;
  });
}

describe('filters, orders and pages', () => {
  let known: Known[];
  let services: { dialect: string; countries: CountryService }[];

  beforeAll(async () => {
    const rows = await awkwardRows();
    known = rows.countries.map((row) => {
      const links = rows.links.filter((link) => link.country_code === row.code);
      const facts = reference.records.find(({ code }) => code === row.code);
      return { row, currencies: links.map((link) => link.currency_code), facts };
    });
    services = await Promise.all(
      testDialects.map(async (dialect) => {
        const { database } = await createTestDatabase(dialect);
        await bundledDatabase(database, rows);
        return { dialect, countries: new CountryService(new SnapshotCache(database)) };
      }),
    );
  });

  it('are those of a plain evaluation in memory, forwards and backwards', async () => {
    // The services differ only in the figures that they read, which the sums below show.
    const [{ countries }] = services as [(typeof services)[0]];
    const currencies = [...new Set(known.flatMap((it) => it.currencies))];
    const queries = queriesFor(
      known.map(({ row }) => row),
      currencies,
    );
    let asked = 0;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(queries, async ({ filter, orderBy, pages }) => {
        const expected = expectedCodes(known, filter, orderBy);
        const size = Math.ceil((expected.length + 1) / pages);
        expect((await countries.page({ filter, first: 1 })).totalCount).toBe(expected.length);
        expect(await walk(countries, filter, orderBy, size, 'forwards')).toEqual(expected);
        expect(await walk(countries, filter, orderBy, size, 'backwards')).toEqual(expected);
        asked += 1;
        found += expected.length;
      }),
      { numRuns: runs(500) },
    );
    expect(asked).toBeGreaterThanOrEqual(runs(400));
    // Queries that find nothing would always agree.
    expect(found / asked).toBeGreaterThan(10);
  });

  it('give the same sums to the last digit on every dialect', async () => {
    const filters = fc.constantFrom<CountryFilter>(
      {},
      { not: { regions: [] } },
      { population: { gte: 1e6 } },
      { areaKm2: { lte: 1e5 } },
      { codes: [] },
    );
    const groupings = fc.constantFrom(null, ...Object.values(CountryGrouping));
    await fc.assert(
      fc.asyncProperty(filters, groupings, async (filter, groupBy) => {
        const [first, ...others] = await Promise.all(services.map(({ countries }) => countries.stats(groupBy, filter)));
        for (const other of others) expect(other).toEqual(first);
        const counted = (first ?? []).reduce((sum, { count }) => sum + count, 0);
        expect(counted).toBe(expectedCodes(known, filter, []).length);
      }),
      { numRuns: runs(25) },
    );
  });
});

/** All pages from one end to the other. */
async function walk(
  countries: CountryService,
  filter: CountryFilter,
  orderBy: CountryOrder[],
  size: number,
  way: 'forwards' | 'backwards',
): Promise<string[]> {
  const codes: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const place: object = way === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor };
    const { nodes, pageInfo } = await countries.page({ filter, orderBy, ...place });
    const found = nodes.map(({ code }) => code);
    codes[way === 'forwards' ? 'push' : 'unshift'](...found);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
    const [hasMore, hasBehind] = way === 'forwards' ? [hasNextPage, hasPreviousPage] : [hasPreviousPage, hasNextPage];
    expect(hasBehind).toBe(cursor !== null);
    cursor = way === 'forwards' ? endCursor : startCursor;
    if (!hasMore || cursor === null) return codes;
  }
}
