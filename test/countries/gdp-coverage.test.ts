import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeEachDatabase } from '../databases.js';

interface Cited {
  code: string;
  population: number | null;
  gdp: {
    value: number | null;
    perCapita: number | null;
    year: number | null;
    population: number | null;
    populationSource: { name: string } | null;
    populationAsOf: string | null;
    coverage: string | null;
  };
}

describe('the GDP estimates of all countries', () => {
  describeEachDatabase((open) => {
    const { data } = withBundledApp(open);
    const all = async () => {
      const gdp = 'value perCapita year population populationSource { name } populationAsOf coverage';
      const { countries } = await data(`{ countries { nodes { code population gdp { ${gdp} } } } }`);
      return (countries as { nodes: Cited[] }).nodes;
    };

    it('say which population they are made with, where it is from and its date', async () => {
      for (const { population, gdp } of await all()) {
        expect(gdp.population).toBe(population);
        expect(gdp.populationSource?.name ?? null).toBe(population === null ? null : 'restcountries-v3');
        expect(gdp.populationAsOf).toBe(population === null ? null : '2026-02-25');
      }
    });

    it('say where their figures are for different territories', async () => {
      const told = (await all()).filter(({ gdp }) => gdp.coverage?.includes('territory'));
      expect(told.map(({ code }) => code).sort()).toEqual(['CY', 'GE', 'MA', 'MD', 'TZ']);
      expect(told.find(({ code }) => code === 'CY')?.gdp.coverage).toBe(
        'perCapita is that of the area controlled by the government of the Republic of Cyprus; ' +
          'the population may be that of another territory.',
      );
    });

    it('say where the figure per capita is more than five years older than the population, and only there', async () => {
      const countries = (await all()).filter(({ gdp }) => gdp.year !== null);
      const isOld = ({ gdp }: Cited) => 2026 - (gdp.year ?? 0) > 5;
      expect(countries.filter(isOld).length).toBeGreaterThan(3);
      for (const country of countries) {
        const { year, coverage } = country.gdp;
        expect(coverage?.includes(`perCapita is of ${year}, and the population of 2026`) ?? false).toBe(isOld(country));
      }
    });
  });
});
