import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundled } from '../../src/sources/sources.js';
import { startApp, type TestApp } from '../app.js';
import {
  CountryByCodeDocument,
  CurrencyByCodeDocument,
  RefreshCountriesDocument,
  ServerStatusDocument,
} from '../client/generated/graphql.js';
import { describeEachDatabase } from '../databases.js';
import { countryFact } from '../upstream/facts.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import type { Route } from '../upstream/upstream.js';
import { dataIn } from './tables.js';

describeEachDatabase((open) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp((await open()).url, { API_TIMEOUT: '3' });
  });
  afterEach(() => app.upstream.restore());
  afterAll(() => app.close());

  const refresh = async () => (await app.query(RefreshCountriesDocument)).refreshCountries;
  const country = async (code: string) => (await app.query(CountryByCodeDocument, { code })).country;

  describe('a refresh', () => {
    it('fills an empty database', async () => {
      expect(await refresh()).toMatchObject({
        state: 'SUCCEEDED',
        joined: false,
        startedBy: 'local',
        progress: 1,
        received: 250,
        inserted: 250,
        updated: 0,
        unchanged: 0,
        rejected: 0,
        missing: 0,
        failure: null,
      });
    });

    it('finds nothing new the second time', async () => {
      const before = await dataIn(app.context.database);
      expect(await refresh()).toMatchObject({ inserted: 0, updated: 0, unchanged: 250 });
      const after = await dataIn(app.context.database);
      expect(after.rates).toEqual(before.rates);
      expect(after.countries[0]?.last_refreshed_at).not.toBe(before.countries[0]?.last_refreshed_at);
    });

    it('runs once when it is asked for several times, and all get its report', async () => {
      app.upstream.answer('restcountries-v3', faults.late(200));
      const reports = await Promise.all([refresh(), refresh(), refresh()]);
      expect(new Set(reports.map((report) => report.id)).size).toBe(1);
      expect(reports.map((report) => report.joined).sort()).toEqual([false, true, true]);
      expect(app.upstream.requests('restcountries-v3')).toHaveLength(1);
    });

    it('answers at once when it is asked not to wait', async () => {
      app.upstream.answer('restcountries-v3', faults.late(2_000));
      const { refreshCountries } = await app.query(RefreshCountriesDocument, { input: { wait: false } });
      expect(refreshCountries).toMatchObject({ state: 'RUNNING', finishedAt: null });
      const { status } = await app.query(ServerStatusDocument);
      expect(status.running?.id).toBe(refreshCountries.id);
      expect((await refresh()).id).toBe(refreshCountries.id);
    });

    it('counts what changed', async () => {
      countryFact(app.upstream.facts, 'CH').population = 9_000_001;
      countryFact(app.upstream.facts, 'PS').population = 5_000_001;
      expect(await refresh()).toMatchObject({ inserted: 0, updated: 2, unchanged: 248 });
      expect((await country('CH'))?.population).toBe(9_000_001);
      expect((await country('PS'))?.population).toBe(5_000_001);
      app.upstream.restore();
      expect(await refresh()).toMatchObject({ updated: 2 });
      expect((await country('PS'))?.population).not.toBe(5_000_001);
    });

    it('rejects a record, not the answer', async () => {
      countryFact(app.upstream.facts, 'CH').alpha3 = 'AND';
      const report = await refresh();
      expect(report).toMatchObject({ received: 250, rejected: 1, missing: 0, unchanged: 249 });
      const ofSwitzerland = report.warnings.filter((warning) => warning.country === 'CH');
      expect(ofSwitzerland.map((warning) => warning.code)).toEqual(['COUNTRY_REJECTED']);
      expect(await country('CH')).not.toBeNull();
    });

    it('ignores a field, not the record', async () => {
      const before = (await country('CH'))?.population;
      countryFact(app.upstream.facts, 'CH').population = -1;
      const report = await refresh();
      expect(report).toMatchObject({ received: 250, rejected: 0, missing: 0, unchanged: 250 });
      const ofSwitzerland = report.warnings.filter((warning) => warning.country === 'CH');
      expect(ofSwitzerland.map((warning) => warning.code)).toEqual(['FIELD_REJECTED']);
      expect((await country('CH'))?.population).toBe(before);
    });

    it('stores text as it is', async () => {
      const subregion = "O'Brien \\' ; DROP TABLE countries; -- 🇨🇮";
      countryFact(app.upstream.facts, 'CI').subregion = subregion;
      await refresh();
      const row = app.context.database.kysely.selectFrom('countries').selectAll().where('code', '=', 'CI');
      expect(await row.executeTakeFirst()).toMatchObject({ subregion, name: 'Ivory Coast' });
      expect((await app.query(ServerStatusDocument)).status.totalCountries).toBe(250);
    });

    it('writes nothing on a dry run', async () => {
      countryFact(app.upstream.facts, 'CH').population = 1;
      const before = await dataIn(app.context.database);
      const { refreshCountries } = await app.query(RefreshCountriesDocument, { input: { dryRun: true } });
      expect(refreshCountries).toMatchObject({ state: 'SUCCEEDED', dryRun: true, updated: 1 });
      expect(await dataIn(app.context.database)).toEqual(before);
    });
  });

  describe('rates', () => {
    const rate = async (on?: string) => {
      const { currency } = await app.query(CurrencyByCodeDocument, { code: 'EUR', on: on ?? null });
      return currency?.rate;
    };

    it('of a new day become the newest, and those of the day before stay', async () => {
      await refresh();
      const before = await rate();
      app.upstream.facts.ratesOn = '2026-10-05';
      app.upstream.facts.rates.EUR = 0.75;
      await refresh();
      expect(await rate()).toMatchObject({ rate: 0.75, date: '2026-10-05' });
      expect(await rate('2026-10-04')).toEqual(before);
      expect((await country('DE'))?.exchangeRate).toBe(0.75);
    });

    it('of an older day replace nothing', async () => {
      const before = await dataIn(app.context.database);
      const report = await refresh();
      expect(report.warnings.map((warning) => warning.code)).toContain('OLDER_RATES');
      expect((await dataIn(app.context.database)).rates).toEqual(before.rates);
      expect((await country('DE'))?.exchangeRate).toBe(0.75);
    });

    it('of a future day are refused', async () => {
      app.upstream.facts.ratesOn = '2999-01-01';
      const { errors } = await app.ask(RefreshCountriesDocument);
      expect(errors[0]?.extensions?.details).toMatch(/currency-api: its rates are dated in the future/);
    });
  });

  describe('when a source fails', () => {
    const cases: [string, Route, Handler][] = [
      ['answers HTML', 'restcountries-v3', faults.html()],
      ['answers an error with status 200', 'restcountries-v3', faults.errorUnder200()],
      ['answers 3 countries', 'restcountries-v3', faults.few(3)],
      ['breaks off in the middle', 'restcountries-v3', faults.halfBody()],
      ['says nothing for longer than API_TIMEOUT', 'restcountries-v3', faults.silence()],
      ['answers 404', 'restcountries-v3', faults.status(404)],
      ['answers HTML instead of rates', 'currency-api', faults.html()],
      ['answers 3 rates', 'currency-api', faults.few(3)],
      ['never ends its rates', 'currency-api', faults.drip()],
    ];

    it.each(cases)('that %s, nothing has changed', async (_, route, fault) => {
      await refresh();
      const before = await dataIn(app.context.database);
      app.upstream.answer(route, fault);
      const { errors } = await app.ask(RefreshCountriesDocument);
      expect(errors[0]).toMatchObject({
        message: 'External data source unavailable',
        path: ['refreshCountries'],
        extensions: { code: 'EXTERNAL_SOURCE_UNAVAILABLE' },
      });
      expect(errors[0]?.extensions?.details).toContain(`Could not fetch data from ${route}: `);
      expect(await dataIn(app.context.database)).toEqual(before);
    });

    it('a set that shrank below 80 % of what is stored is refused', async () => {
      await refresh();
      const before = await dataIn(app.context.database);
      for (const code of Object.keys(app.upstream.facts.rates).slice(0, 45)) delete app.upstream.facts.rates[code];
      const { errors } = await app.ask(RefreshCountriesDocument);
      expect(errors[0]?.extensions?.details).toMatch(/currency-api: it sent \d+ usable rates where \d+ are stored/);
      expect(await dataIn(app.context.database)).toEqual(before);
    });

    it('and it is the World Bank, the figures already stored stay', async () => {
      await refresh();
      const before = (await country('CH'))?.gdp;
      app.upstream.answer('world-bank', faults.status(404));
      const report = await refresh();
      expect(report).toMatchObject({ state: 'SUCCEEDED', unchanged: 250 });
      expect(report.warnings.map((warning) => warning.code)).toContain('SOURCE_UNAVAILABLE');
      expect(report.sources.map((use) => use.source)).toContain('world-bank');
      expect((await country('CH'))?.gdp).toEqual(before);
    });

    it('and it is the World Bank with something that no program can parse, the server keeps running', async () => {
      app.upstream.answer('restcountries-v3', faults.late(300));
      const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const row = `{"country":{"id":"CH"},"date":"2024","value":${nested}}`;
      app.upstream.answer('world-bank', faults.raw(`[{"pages":1},[${row}]]`));
      expect(await refresh()).toMatchObject({ state: 'SUCCEEDED' });
    });

    it('the failure is kept with its reason', async () => {
      app.upstream.answer('restcountries-v3', faults.html());
      await app.ask(RefreshCountriesDocument);
      const row = await app.context.database.kysely
        .selectFrom('refreshes')
        .select(['state', 'report'])
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow();
      expect(row.state).toBe('FAILED');
      expect(JSON.parse(row.report).failure.details).toMatch(/restcountries-v3.*text\/html/);
    });
  });
});

describeEachDatabase((open) => {
  it('keeps 250 countries and their names when the source changes, whatever they are called there', async () => {
    const { url } = await open();
    const names = {
      'restcountries-v2': 'Swaziland',
      'restcountries-v3': 'Eswatini',
      csc: 'Kingdom of Eswatini',
    };
    for (const source of ['restcountries-v2', 'restcountries-v3', 'csc'] as const) {
      const app = await startApp(url, (upstream) => ({
        COUNTRIES_SOURCE: source,
        COUNTRIES_URL: upstream.urls[source],
      }));
      countryFact(app.upstream.facts, 'SZ').name = names[source];
      await app.query(RefreshCountriesDocument);
      const { country } = await app.query(CountryByCodeDocument, { code: 'SZ' });
      expect(country?.name).toBe('Eswatini');
      expect((await app.query(ServerStatusDocument)).status.totalCountries).toBe(250);
      await app.close();
    }
  });
});

describeEachDatabase((open) => {
  it('fills an empty database from the bundled data set, which gives way to live data and never comes back', async () => {
    const app = await startApp((await open()).url);
    app.upstream.answer('restcountries-v3', faults.status(404));
    const first = (await app.query(RefreshCountriesDocument)).refreshCountries;
    expect(first).toMatchObject({
      inserted: 250,
      sources: [{ bundled: true }, { bundled: true }, { bundled: true }],
    });
    expect(first.warnings[0]?.message).toMatch(/restcountries-v3: .*404.*bundled data set is used/);
    expect((await app.query(ServerStatusDocument)).status).toMatchObject({ bundled: true, stale: true });

    app.upstream.restore();
    app.upstream.facts.ratesOn = '2026-10-05';
    // The stub's own are made up: as jumps, they would not be accepted at once.
    const known = (await bundled.rates()).records.map(({ currency, rate }) => [currency, rate]);
    app.upstream.facts.rates = Object.fromEntries(known);
    await app.query(RefreshCountriesDocument);
    expect((await app.query(ServerStatusDocument)).status).toMatchObject({ bundled: false, stale: false });
    const live = await dataIn(app.context.database);

    app.upstream.answer('restcountries-v3', faults.status(404));
    expect((await app.ask(RefreshCountriesDocument)).errors).toHaveLength(1);
    expect(await dataIn(app.context.database)).toEqual(live);
    await app.close();
  });

  it('refuses the bundled data set by name where newer data are stored', async () => {
    const { url } = await open();
    const live = await startApp(url);
    await live.query(RefreshCountriesDocument);
    await live.close();
    const offline = await startApp(url, { COUNTRIES_SOURCE: 'bundled', COUNTRIES_URL: '', GDP_URL: '' });
    const { errors } = await offline.ask(RefreshCountriesDocument);
    expect(errors[0]?.extensions?.details).toMatch(/the database holds newer countries from restcountries-v3/);
    await offline.close();
  });

  it('serves the bundled data set when it is asked for by name', async () => {
    const app = await startApp((await open()).url, {
      COUNTRIES_SOURCE: 'bundled',
      RATES_SOURCE: 'bundled',
      COUNTRIES_URL: '',
      RATES_URL: '',
      GDP_URL: '',
    });
    const { refreshCountries } = await app.query(RefreshCountriesDocument);
    expect(refreshCountries).toMatchObject({ inserted: 250, rejected: 0 });
    // Its currencies are as old as the data set itself.
    expect(new Set(refreshCountries.warnings.map(({ code }) => code))).toEqual(new Set(['CURRENCY_DIFFERS']));
    expect(app.upstream.requests('world-bank')).toHaveLength(0);
    await app.close();
  });
});
