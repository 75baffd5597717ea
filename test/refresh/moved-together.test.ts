import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import { describeOneDatabase } from '../databases.js';
import type { Facts } from '../upstream/facts.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';
import { dataIn } from './tables.js';

describe('an answer with many wrong figures', () => {
  describeOneDatabase('mysql', (open) => {
    let upstream: Upstream;
    let database: Database;
    let refreshes: RefreshService;

    beforeAll(async () => {
      upstream = await startUpstream();
    });
    beforeEach(async () => {
      upstream.restore();
      ({ database } = await open());
      refreshes = await createRefresher(database, upstream);
      await refreshes.start().done;
    });
    afterEach(() => refreshes.close());
    afterAll(() => upstream.close());

    const figures = async () => {
      const { countries, ...others } = await dataIn(database);
      return { countries: countries.map((row) => ({ ...row, last_refreshed_at: null })), ...others };
    };
    const nextDay = () => {
      upstream.facts.ratesOn = '2026-09-30';
    };

    it.each<[string, (facts: Facts) => void]>([
      ['250 invented codes', invent],
      ['alpha-2 codes moved on by one', (facts) => rotate(facts, 'code')],
      ['alpha-3 codes moved on by one', (facts) => rotate(facts, 'alpha3')],
      ['numbers moved on by one', (facts) => rotate(facts, 'numeric')],
      ['names moved on by one', (facts) => rotate(facts, 'name')],
      ['names of blanks without width', (facts) => rename(facts, '\u200b')],
      ['rates for five dollars', (facts) => scaleRates(facts, (rate) => rate * 5)],
      ['rates of the year 2999', (facts) => Object.assign(facts, { ratesOn: '2999-01-01' })],
    ])('is refused, and nothing is changed: %s', async (_, change) => {
      const before = await dataIn(database);
      nextDay();
      change(upstream.facts);
      await expect(refreshes.start().done).rejects.toMatchObject({ code: 'EXTERNAL_SOURCE_UNAVAILABLE' });
      expect(await dataIn(database)).toEqual(before);
    });

    it.each<[string, string, (facts: Facts) => void]>([
      ['populations in thousands', 'FIGURES_SHIFTED', (facts) => scale(facts, 'population', 0.001)],
      ['populations times a thousand', 'FIGURES_SHIFTED', (facts) => scale(facts, 'population', 1000)],
      ['areas in hectares', 'FIGURES_SHIFTED', (facts) => scale(facts, 'areaKm2', 100)],
      ['areas in square miles', 'FIGURES_SHIFTED', (facts) => scale(facts, 'areaKm2', 0.386102)],
      ['GDP times twenty', 'FIGURES_SHIFTED', (facts) => changeGdp(facts, { factor: 20 })],
      ['GDP times a thousand', 'SOURCE_SHRUNK', (facts) => changeGdp(facts, { factor: 1000 })],
      ['GDP of the year 2999', 'SOURCE_UNAVAILABLE', (facts) => changeGdp(facts, { factor: 2, year: 2999 })],
      ['GDP that is not a number', 'SOURCE_UNAVAILABLE', (facts) => changeGdp(facts, { factor: 1e308 })],
      ['rates upside down', 'RATES_INVERTED', (facts) => scaleRates(facts, (rate) => 1 / rate, 1)],
      ['rates times five', 'FIGURES_SHIFTED', (facts) => scaleRates(facts, (rate) => rate * 5, 1)],
      [
        'rates times five without the dollar',
        'FIGURES_SHIFTED',
        (facts) => scaleRates(facts, (rate) => rate * 5, null),
      ],
      ['rates times twenty', 'FIGURES_SHIFTED', (facts) => scaleRates(facts, (rate) => rate * 20, 1)],
    ])('leaves the stored figures, with a warning: %s', async (_, code, change) => {
      const before = await figures();
      change(upstream.facts);
      if (_.startsWith('rates')) nextDay();
      const report = await refreshes.start().done;
      expect(report.warnings.map((warning) => warning.code)).toContain(code);
      expect(report).toMatchObject({ unchanged: 250, missing: 0 });
      expect(await figures()).toEqual(before);
      // The same figures on the next day are not accepted either.
      if (_.startsWith('rates')) upstream.facts.ratesOn = '2026-10-01';
      await refreshes.start().done;
      expect(await figures()).toEqual(before);
      upstream.restore();
      expect(await refreshes.start().done).toMatchObject({ unchanged: 250 });
    });

    it('is stored when forced', async () => {
      nextDay();
      scale(upstream.facts, 'population', 0.001);
      changeGdp(upstream.facts, { factor: 20 });
      scaleRates(upstream.facts, (rate) => rate * 5, 1);
      const { warnings, updated } = await refreshes.start({ force: true }).done;
      expect(warnings.map(({ code }) => code)).not.toContain('FIGURES_SHIFTED');
      expect(updated).toBeGreaterThan(240);
      const chile = await database.kysely
        .selectFrom('countries')
        .selectAll()
        .where('code', '=', 'CL')
        .executeTakeFirst();
      expect(chile?.exchange_rate).toBe(upstream.facts.rates[chile?.currency_code ?? '']);
    });

    it('differs from real changes: a few jumps, and small changes of everything', async () => {
      nextDay();
      const codes = Object.keys(upstream.facts.rates).filter((code) => code !== 'USD');
      scaleRates(upstream.facts, (rate) => rate * 1.3, 1);
      for (const code of codes.slice(0, 20)) upstream.facts.rates[code] = (upstream.facts.rates[code] ?? 1) * 4;
      scale(upstream.facts, 'population', 1.1);
      for (const country of upstream.facts.countries.slice(0, 20)) country.population = 5_000_000;
      changeGdp(upstream.facts, { factor: 1.2, year: 2026 });
      const { warnings, updated } = await refreshes.start().done;
      expect(warnings.filter(({ code }) => code !== 'CURRENCY_DIFFERS')).toEqual([]);
      expect(updated).toBeGreaterThan(240);
    });

    it('a stored figure of the year 2999 does not stay', async () => {
      const before = await figures();
      await database.kysely
        .updateTable('countries')
        .set({ gdp_year: 2999, gdp_per_capita: 1e308, estimated_gdp: 1e308 })
        .execute();
      await refreshes.start().done;
      expect(await figures()).toEqual(before);
    });
  });
});

function rename({ countries }: Facts, name: string): void {
  for (const country of countries) country.name = name;
}

function invent({ countries }: Facts): void {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const taken = new Set(countries.map(({ code }) => code));
  const free = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !taken.has(code));
  for (const [index, country] of countries.entries()) {
    Object.assign(country, { code: free[index], alpha3: `${free[index]}Q`, numeric: null, name: `Land ${index}` });
  }
}

function rotate({ countries }: Facts, field: 'code' | 'alpha3' | 'numeric' | 'name'): void {
  const values = countries.map((country) => country[field]);
  for (const [index, country] of countries.entries()) {
    Object.assign(country, { [field]: values[(index + 1) % values.length] });
  }
}

function scale({ countries }: Facts, field: 'population' | 'areaKm2', by: number): void {
  for (const country of countries) {
    const value = country[field];
    if (value) country[field] = field === 'population' ? Math.ceil(value * by) : value * by;
  }
}

function changeGdp({ gdp }: Facts, { factor, year }: { factor: number; year?: number }): void {
  for (const [code, figure] of Object.entries(gdp)) {
    if (figure) gdp[code] = { perCapita: figure.perCapita * factor, year: year ?? figure.year };
  }
}

/** `dollar`: the rate of the US dollar itself; by default it is changed like the others. */
function scaleRates({ rates }: Facts, change: (rate: number) => number, dollar?: number | null): void {
  for (const [code, rate] of Object.entries(rates)) {
    if (code === 'USD' && dollar !== undefined) rates[code] = dollar;
    else if (rate !== null) rates[code] = change(rate);
  }
}
