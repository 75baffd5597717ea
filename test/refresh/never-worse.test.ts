import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import type { Database } from '../../src/db/database.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import { describeOneDatabase } from '../databases.js';
import { countryFact } from '../upstream/facts.js';
import { late } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';

describe('a refresh never makes the data worse', () => {
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

    /** One refresh on a day with these rates besides the known ones. */
    const refreshOn = async (day: string, rates: Record<string, number | null> = {}) => {
      upstream.facts.ratesOn = day;
      Object.assign(upstream.facts.rates, rates, { EUR: Math.random() + 0.5 });
      return refreshes.start().done;
    };

    const history = async (currency: string) => {
      const rows = await database.kysely
        .selectFrom('exchange_rates')
        .select(['observed_on', 'rate'])
        .where('currency_code', '=', currency)
        .orderBy('observed_on')
        .execute();
      return rows.map((row) => [row.observed_on, row.rate]);
    };

    const codesOf = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code);

    it('fails when the countries have shrunk below 80 %', async () => {
      upstream.facts.countries = upstream.facts.countries.slice(0, 201);
      await refreshes.start().done;
      await database.kysely.deleteFrom('countries').execute();
      upstream.restore();
      await refreshes.start().done;
      // 202 would pass the minimum for any answer, but are too few where 260 are stored.
      await addCountries(database, 10);
      upstream.facts.countries = upstream.facts.countries.slice(0, 202);
      await expect(refreshes.start().done).rejects.toMatchObject({
        code: 'EXTERNAL_SOURCE_UNAVAILABLE',
        details: expect.stringContaining('202 usable countries where 260 are stored, fewer than 80 %'),
      });
    });

    it('fails when the rates of the same source have shrunk below 80 %', async () => {
      const [first] = await history('CLP');
      upstream.facts.ratesOn = '2026-09-30';
      upstream.facts.rates = Object.fromEntries(Object.entries(upstream.facts.rates).slice(0, 120));
      await expect(refreshes.start().done).rejects.toMatchObject({
        details: expect.stringMatching(/usable rates where \d+ are stored, fewer than 80 %/),
      });
      expect(await history('CLP')).toEqual([first]);
    });

    it('keeps the stored GDP figures when those of the source have shrunk', async () => {
      upstream.facts.gdp = Object.fromEntries(Object.entries(upstream.facts.gdp).slice(0, 120));
      const report = await refreshes.start().done;
      expect(codesOf(report)).toContain('SOURCE_SHRUNK');
      expect(report.unchanged).toBe(250);
    });

    it('holds back a rate that jumps over tenfold, and drops it when the next day shows the old level', async () => {
      const first = await history('CLP');
      const last = first[0]?.[1] as number;
      const report = await refreshOn('2026-09-30', { CLP: 0.023 });
      expect(report.warnings.filter(({ code }) => code === 'RATE_HELD_BACK')).toEqual([
        expect.objectContaining({ currency: 'CLP', message: expect.stringContaining('0.023 on 2026-09-30') }),
      ]);
      expect(await history('CLP')).toEqual(first);
      expect(await rateIn(database, 'CLP')).toBe(last);
      expect(codesOf(await refreshOn('2026-10-01', { CLP: last * 1.01 }))).not.toContain('RATE_HELD_BACK');
      expect(await history('CLP')).toEqual([...first, ['2026-10-01', last * 1.01]]);
      expect(await heldRates(database)).toEqual([]);
    });

    it('accepts a jump that the next observation confirms, with its first day', async () => {
      const first = await history('CLP');
      const last = first[0]?.[1] as number;
      await refreshOn('2026-09-30', { CLP: last * 20 });
      expect(codesOf(await refreshOn('2026-09-30', { CLP: last * 20 }))).toContain('RATE_HELD_BACK');
      expect(await history('CLP')).toEqual(first);
      expect(codesOf(await refreshOn('2026-10-02', { CLP: last * 21 }))).not.toContain('RATE_HELD_BACK');
      expect(await history('CLP')).toEqual([...first, ['2026-09-30', last * 20], ['2026-10-02', last * 21]]);
      expect(await rateIn(database, 'CLP')).toBe(last * 21);
      expect(await heldRates(database)).toEqual([]);
    });

    it('holds back a second, different jump', async () => {
      const first = await history('CLP');
      await refreshOn('2026-09-30', { CLP: 0.023 });
      expect(codesOf(await refreshOn('2026-10-01', { CLP: 4e9 }))).toContain('RATE_HELD_BACK');
      expect(await history('CLP')).toEqual(first);
      expect(await heldRates(database)).toMatchObject([{ observed_on: '2026-10-01', rate: 4e9 }]);
    });

    it('accepts a jump of less than tenfold at once', async () => {
      const last = (await history('IRR'))[0]?.[1] as number;
      expect(codesOf(await refreshOn('2026-09-30', { IRR: last * 3 }))).not.toContain('RATE_HELD_BACK');
      expect(await history('IRR')).toHaveLength(2);
    });

    it('keeps the stored rates when those of an older day arrive', async () => {
      const first = await history('CLP');
      const report = await refreshOn('2026-09-28', { CLP: 39 });
      expect(codesOf(report)).toContain('OLDER_RATES');
      expect(await history('CLP')).toEqual(first);
      expect(await rateIn(database, 'CLP')).toBe(first[0]?.[1]);
    });

    it('makes no new point from the same observation under a new day', async () => {
      const first = await history('CLP');
      upstream.facts.ratesOn = '2026-09-30';
      expect(codesOf(await refreshes.start().done)).toContain('SAME_RATES');
      expect(await history('CLP')).toEqual(first);
    });

    it('takes over a corrected rate of the same day', async () => {
      await refreshOn('2026-09-29', { CLP: 41 });
      expect(await history('CLP')).toEqual([['2026-09-29', 41]]);
    });

    it('keeps the stored currency when the source sends an invalid code', async () => {
      countryFact(upstream.facts, 'CH').currencies = [{ code: 'CH[F]', name: null, symbol: null }];
      const report = await refreshes.start().done;
      expect(codesOf(report)).toContain('CURRENCY_DROPPED');
      expect(report.unchanged).toBe(250);
      expect(await currenciesOf(database, 'CH')).toEqual(['CHF']);
    });

    it('keeps what is known of a country when the source no longer sends it', async () => {
      const told = countryFact(upstream.facts, 'CH');
      const { population } = told;
      Object.assign(told, { population: null, areaKm2: null, capitals: [] });
      expect(await refreshes.start().done).toMatchObject({ unchanged: 250 });
      expect(await new CountryService(new SnapshotCache(database)).find({ code: 'CH' })).toMatchObject({
        population,
      });
    });

    it('keeps a country that the source has dropped, and counts it', async () => {
      upstream.facts.countries = upstream.facts.countries.filter(({ code }) => code !== 'CH');
      expect(await refreshes.start().done).toMatchObject({ missing: 1, missingCodes: ['CH'] });
      expect(await new CountryService(new SnapshotCache(database)).find({ code: 'CH' })).not.toBeNull();
    });

    it('brings a deleted country back, but not one that was deleted permanently', async () => {
      const countries = new CountryService(new SnapshotCache(database));
      await countries.delete({ code: 'CH' });
      await countries.delete({ code: 'FR' }, true);
      const report = await refreshes.start().done;
      expect(report).toMatchObject({ insertedCodes: ['CH'], excluded: 1, rejected: 0 });
      expect(await countries.find({ code: 'CH' })).not.toBeNull();
      expect(await countries.find({ code: 'FR' })).toBeNull();
    });

    it('brings back a country whose permanent deletion was undone', async () => {
      const countries = new CountryService(new SnapshotCache(database));
      await countries.delete({ name: 'France' }, true);
      expect(await countries.removed()).toMatchObject([{ code: 'FR', name: 'France' }]);
      await countries.restore('FR');
      expect(await countries.removed()).toEqual([]);
      await refreshes.start().done;
      expect(await countries.find({ code: 'FR' })).not.toBeNull();
      await expect(countries.restore('FR')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('does not bring back a country that is deleted permanently while it runs', async () => {
      const countries = new CountryService(new SnapshotCache(database));
      upstream.answer('restcountries-v3', late(300));
      const { done } = refreshes.start();
      await countries.delete({ code: 'FR' }, true);
      await done;
      expect(await countries.find({ code: 'FR' })).toBeNull();
    });
  });
});

async function addCountries({ kysely }: Database, count: number): Promise<void> {
  const row = await kysely.selectFrom('countries').selectAll().where('code', '=', 'CH').executeTakeFirstOrThrow();
  const more = Array.from({ length: count }, (_, index) => ({ ...row, code: `9${index}` }));
  await kysely.insertInto('countries').values(more).execute();
}

/** As shown by the countries that use it. */
async function rateIn({ kysely }: Database, currency: string): Promise<number | null> {
  const row = await kysely
    .selectFrom('countries')
    .select('exchange_rate')
    .where('currency_code', '=', currency)
    .limit(1)
    .executeTakeFirstOrThrow();
  return row.exchange_rate;
}

async function currenciesOf({ kysely }: Database, country: string): Promise<string[]> {
  const rows = await kysely
    .selectFrom('country_currencies')
    .select('currency_code')
    .where('country_code', '=', country)
    .orderBy('position')
    .execute();
  return rows.map((row) => row.currency_code);
}

function heldRates({ kysely }: Database) {
  return kysely.selectFrom('held_rates').selectAll().execute();
}
