import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Country } from '../../src/countries/country.type.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import type { Database } from '../../src/db/database.js';
import { startApp } from '../app.js';
import { cldrTender } from '../cldr.js';
import { describeOneDatabase } from '../databases.js';
import { countryFact } from '../upstream/facts.js';
import * as faults from '../upstream/faults.js';
import { API_KEY, type Route, startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';

const SOURCES = ['csc', 'restcountries', 'restcountries-v3', 'restcountries-v2', 'bundled'] as const;
type Source = (typeof SOURCES)[number];

const today = new Date().toISOString().slice(0, 10);
const DAYS = ['2025-12-31', '2026-01-01', today];

/** Whole answers that the real sources gave once: see CONTRIBUTING.md. */
const folder = process.env.SOURCE_SAMPLES;
const SAMPLES: Partial<Record<Source, string>> = {
  csc: 'csc-countries.json',
  'restcountries-v3': 'restcountries-v3.1-all.json',
  'restcountries-v2': 'restcountries-v2-all.fields.json',
};

describe('the currencies of all countries', () => {
  describeOneDatabase('sqlite', (open) => {
    let upstream: Upstream;
    let database: Database;

    beforeAll(async () => {
      upstream = await startUpstream();
    });
    beforeEach(async () => {
      upstream.restore();
      ({ database } = await open());
    });
    afterEach(() => vi.useRealTimers());
    afterAll(() => upstream.close());

    const setDay = (day: string) => vi.useFakeTimers({ toFake: ['Date'], now: new Date(`${day}T12:00:00Z`) });

    async function refreshOn(day: string, source: Source) {
      setDay(day);
      upstream.facts.ratesOn = day;
      // Otherwise it would be the same observation under another day.
      upstream.facts.rates.EUR = 0.85 + DAYS.indexOf(day) / 100;
      const live = source === 'bundled' ? undefined : upstream.urls[source];
      const refreshes = await createRefresher(database, upstream, {
        COUNTRIES_SOURCE: source,
        COUNTRIES_URL: live,
        REST_COUNTRIES_API_KEY: API_KEY,
      });
      try {
        return await refreshes.start({ force: true }).done;
      } finally {
        await refreshes.close();
      }
    }

    async function expectTender(day: string) {
      const { countries, currencies } = await new SnapshotCache(database).current();
      expect(countries).toHaveLength(250);
      for (const country of countries) expectTenderOf(country, day);
      const stored = await storedCurrencies(database);
      for (const { code } of countries) expect(stored.get(code) ?? [], code).toEqual(cldrTender(code, day) ?? []);
      const inUse = [...currencies.values()].filter((it) => it.countries.length > 0);
      expect(inUse.filter(({ isoStatus }) => isoStatus === 'HISTORIC')).toEqual([]);
    }

    describe.each(SOURCES)('from %s', (source) => {
      it.each(DAYS)('are their legal tender in an empty database on %s', async (day) => {
        listWrongCurrencies(upstream);
        const { warnings } = await refreshOn(day, source);
        await expectTender(day);
        const differing = warnings.filter(({ code }) => code === 'CURRENCY_DIFFERS').map(({ country }) => country);
        expect(new Set(differing).size).toBe(differing.length);
        expect(differing.length).toBeGreaterThan(source === 'bundled' ? 15 : 200);
      });

      it('are their legal tender in a filled database on each day', async () => {
        listWrongCurrencies(upstream);
        await refreshOn('2025-12-31', source);
        await storeWrongCurrencies(database);
        for (const day of DAYS) {
          await refreshOn(day, source);
          await expectTender(day);
        }
      });

      it.runIf(folder && SAMPLES[source])('are their legal tender whatever it really sent', async () => {
        const text = readFileSync(join(folder ?? '', SAMPLES[source] ?? ''), 'utf8');
        upstream.answer(source as Route, faults.raw(text));
        for (const day of DAYS) {
          await refreshOn(day, source);
          await expectTender(day);
        }
      });
    });

    it('are the same when only the old code has a rate, and then have no rate', async () => {
      upstream.facts.rates.SLE = null;
      countryFact(upstream.facts, 'SL').currencies = [{ code: 'SLL', name: null, symbol: null }];
      const { warnings } = await refreshOn(today, 'restcountries-v3');
      const { byCode } = await new SnapshotCache(database).current();
      expect(byCode.get('SL')).toMatchObject({ currency: { code: 'SLE' }, exchangeRate: null });
      expect(warnings).toContainEqual({
        code: 'CURRENCY_DIFFERS',
        country: 'SL',
        currency: 'SLL',
        message: 'restcountries-v3 lists SLL for Sierra Leone; its legal tender (SLE) was stored',
      });
    });

    it('differ from a list that leaves one out, but not from one that has the first only, or none', async () => {
      countryFact(upstream.facts, 'HT').currencies.pop();
      countryFact(upstream.facts, 'PA').currencies = [];
      const differing = async (source: Source) =>
        (await refreshOn(today, source)).warnings
          .filter(({ code }) => code === 'CURRENCY_DIFFERS')
          .map(({ country }) => country);
      expect(await differing('restcountries-v3')).toContain('HT');
      expect(await differing('csc')).not.toContain('HT');
      expect(await differing('restcountries-v3')).not.toContain('PA');
    });

    it('are what the source lists only where CLDR knows of none', async () => {
      countryFact(upstream.facts, 'AQ').currencies = ['ZWL', 'NZD'].map((code) => ({ code, name: null, symbol: null }));
      await refreshOn(today, 'restcountries-v3');
      upstream.restore();
      await refreshOn(today, 'restcountries-v3');
      const { byCode } = await new SnapshotCache(database).current();
      expect(byCode.get('AQ')?.currencies.map(({ code }) => code)).toEqual(['NZD']);
    });
  });
});

describe('a server that is running when the legal tender changes', () => {
  describeOneDatabase('sqlite', (open) => {
    afterEach(() => vi.useRealTimers());

    it.each(['per-capita', 'multiplier'])('serves that of the day, with the estimates of %s', async (method) => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2025-12-31T23:59:58Z') });
      const app = await startApp((await open()).url, { GDP_METHOD: method });
      Object.assign(app.upstream.facts, { ratesOn: '2025-12-31' });
      Object.assign(app.upstream.facts.rates, { EUR: 0.85, BGN: 1.66 });
      await app.context.services.refreshes.start().done;
      const query = `{
        country(code: "BG") { currency { code validTo isoStatus successor { code } } currencies { code }
          before: currencies(on: "2025-12-31") { code } exchangeRate estimatedGdp gdp { value } }
        euro: countries(filter: { currencies: ["EUR"], codes: ["BG"] }) { totalCount }
        currency(code: "BGN") { countries { code } } }`;
      const served = async () => (await app.post(query)).data as unknown as Served;
      const lev = await served();
      expect(lev).toMatchObject({
        country: {
          currency: { code: 'BGN', validTo: '2026-01-31', isoStatus: 'CURRENT', successor: { code: 'EUR' } },
          currencies: [{ code: 'BGN' }],
          exchangeRate: 1.66,
        },
        euro: { totalCount: 0 },
        currency: { countries: [{ code: 'BG' }] },
      });
      expect(await served()).toEqual(lev);

      vi.setSystemTime(new Date('2026-01-01T00:00:00Z'));
      const euro = await served();
      expect(euro).toMatchObject({
        country: {
          currency: { code: 'EUR', validTo: null, successor: null },
          currencies: [{ code: 'EUR' }, { code: 'BGN' }],
          before: [{ code: 'BGN' }],
          exchangeRate: 0.85,
        },
        euro: { totalCount: 1 },
      });
      const factor = method === 'multiplier' ? 1.66 / 0.85 : 1;
      expect(euro.country.estimatedGdp / lev.country.estimatedGdp).toBeCloseTo(factor, 12);
      expect(euro.country.gdp.value).toBe(euro.country.estimatedGdp);

      vi.setSystemTime(new Date('2026-02-01T00:00:00Z'));
      expect(await served()).toMatchObject({
        country: { currencies: [{ code: 'EUR' }] },
        currency: { countries: [] },
      });
      await app.close();
    });
  });
});

interface Served {
  country: { estimatedGdp: number; gdp: { value: number } };
}

function expectTenderOf({ code, currency, currencies, exchangeRate }: Country, day: string) {
  const tender = cldrTender(code, day) ?? [];
  expect(
    currencies.map((it) => it.code),
    code,
  ).toEqual(tender);
  const first = currencies.find(({ lastRate }) => lastRate !== null) ?? currencies[0] ?? null;
  expect(currency, code).toBe(first);
  expect(exchangeRate, code).toBe(first?.lastRate?.rate ?? null);
  expect(currencies.filter(({ isoStatus }) => isoStatus === 'HISTORIC')).toEqual([]);
}

/** Each country has the currency of another one, and a withdrawn one. */
function listWrongCurrencies({ facts }: Upstream): void {
  const lists = facts.countries.map(({ currencies }) => currencies);
  for (const [at, country] of facts.countries.entries()) {
    if (country.code === 'AQ') continue;
    const others = lists[(at + 1) % lists.length] ?? [];
    country.currencies = [...others, { code: 'ZWL', name: null, symbol: null }];
  }
}

/** As an earlier version may have left them. */
async function storeWrongCurrencies(database: Database): Promise<void> {
  const { kysely, upsert, writeAtomically } = database;
  const codes = ['ANG', 'SLL', 'ZWL'];
  const countries = await kysely.selectFrom('countries').select('code').where('code', '!=', 'AQ').execute();
  const links = countries.flatMap(({ code }) =>
    codes.map((currency_code, position) => ({ country_code: code, currency_code, position })),
  );
  await writeAtomically([
    kysely.deleteFrom('country_currencies'),
    ...upsert(
      'currencies',
      codes.map((code) => ({ code, name: null, symbol: null })),
      ['code'],
      100,
    ),
    ...upsert('country_currencies', links, ['country_code', 'currency_code'], 100),
    kysely.updateTable('countries').set({ currency_code: 'ZWL', exchange_rate: 67_089 }),
  ]);
}

async function storedCurrencies({ kysely }: Database): Promise<Map<string, string[]>> {
  const links = await kysely.selectFrom('country_currencies').selectAll().orderBy('position').execute();
  const lists = new Map<string, string[]>();
  for (const { country_code, currency_code } of links) {
    lists.set(country_code, [...(lists.get(country_code) ?? []), currency_code]);
  }
  return lists;
}
