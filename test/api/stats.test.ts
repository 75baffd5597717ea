import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

interface Stats {
  key: string | null;
  count: number;
  population: number | null;
  areaKm2: number | null;
  estimatedGdp: number | null;
}

describeMostDatabases((open) => {
  const { data } = withBundledApp(open);
  const stats = async (args: string) =>
    (await data(`{ countryStats${args} { key count population areaKm2 estimatedGdp } }`)).countryStats as Stats[];

  describe('statistics', () => {
    it('are one row in total, with sums beyond 32 bits', async () => {
      const [total, ...others] = await stats('');
      expect(others).toEqual([]);
      expect(total).toMatchObject({ key: null, count: 250 });
      expect(total?.population).toBeGreaterThan(8e9);
      expect(total?.population).toBeLessThan(9e9);
    });

    it.each(['REGION', 'SUBREGION', 'CURRENCY'])('by %s add up to the total', async (groupBy) => {
      const [total] = await stats('');
      const groups = await stats(`(groupBy: ${groupBy})`);
      const sum = (field: 'count' | 'population' | 'areaKm2' | 'estimatedGdp') =>
        groups.reduce((all, group) => all + (group[field] ?? 0), 0);
      expect(sum('count')).toBe(total?.count);
      expect(sum('population')).toBe(total?.population);
      expect(sum('areaKm2')).toBeCloseTo(total?.areaKm2 ?? 0, 3);
      expect(sum('estimatedGdp')).toBeCloseTo(total?.estimatedGdp ?? 0, 0);
    });

    it.each(['population', 'areaKm2', 'estimatedGdp'])(
      'give the number of countries in the sum of %s, and its average',
      async (field) => {
        const selection = `key count ${field} ${field}Count ${field}Average`;
        const groups = (await data(`{ countryStats(groupBy: REGION) { ${selection} } }`)).countryStats;
        const { nodes } = (await data(`{ countries { nodes { region ${field} } } }`)).countries as {
          nodes: Record<string, unknown>[];
        };
        for (const group of groups as Record<string, number | string | null>[]) {
          const known = nodes.filter((it) => it.region === group.key && it[field] !== null);
          expect(group[`${field}Count`]).toBe(known.length);
          const average = known.length === 0 ? null : Number(group[field]) / known.length;
          if (average === null) expect(group[`${field}Average`]).toBeNull();
          else expect(group[`${field}Average`]).toBeCloseTo(average, 2);
        }
      },
    );

    it('count fewer countries in a sum than there are where figures are unknown', async () => {
      const [total] = (await data('{ countryStats { count populationCount areaKm2Count estimatedGdpCount } }'))
        .countryStats as Record<string, number>[];
      expect(total).toEqual({ count: 250, populationCount: 245, areaKm2Count: 250, estimatedGdpCount: 213 });
    });

    it('have the groups in the order of their keys, and those without one last', async () => {
      expect((await stats('(groupBy: REGION)')).map(({ key }) => key)).toEqual([
        'AFRICA',
        'AMERICAS',
        'ANTARCTIC',
        'ASIA',
        'EUROPE',
        'OCEANIA',
      ]);
      const byCurrency = await stats('(groupBy: CURRENCY)');
      expect(byCurrency.at(0)?.key).toBe('AED');
      // Antarctica.
      expect(byCurrency.at(-1)).toMatchObject({ key: null, count: 1 });
    });

    it('are of the countries that pass the filter', async () => {
      const [euro] = await stats('(groupBy: CURRENCY, filter: { currencies: ["EUR"] })');
      expect(euro).toMatchObject({ key: 'EUR', count: 37 });
      expect(await stats('(filter: { codes: ["CH", "LI"] })')).toEqual([
        expect.objectContaining({ count: 2, key: null }),
      ]);
    });

    it('have no sum of nothing', async () => {
      const nothing = { population: null, areaKm2: null, estimatedGdp: null };
      expect(await stats('(filter: { codes: [] })')).toEqual([{ key: null, count: 0, ...nothing }]);
      expect(await stats('(groupBy: REGION, filter: { codes: [] })')).toEqual([]);
      expect(await stats('(filter: { codes: ["BV"] })')).toMatchObject([{ count: 1, population: null }]);
    });
  });
});
