import { afterEach, describe, expect, it } from 'vitest';
import { isWithdrawn } from '../../src/countries/tender.js';
import { isoStatus } from '../../src/currencies/currency-codes.js';
import type { Environment } from '../../src/env.js';
import { bundled } from '../../src/sources/sources.js';
import type { Summary } from '../../src/summary/summary.js';
import { SummaryService } from '../../src/summary/summary.service.js';
import { startApp, type TestApp } from '../app.js';
import { describeOneDatabase } from '../databases.js';
import { countryFact, type Facts } from '../upstream/facts.js';
import * as faults from '../upstream/faults.js';
import type { Upstream } from '../upstream/upstream.js';

interface Source {
  figures: string;
  name: string;
  bundled: boolean;
  count: number;
  observedFrom: string | null;
  observedTo: string | null;
}

interface Status {
  totalCountries: number;
  bundled: boolean;
  sources: Source[];
}

/** What is served must say where it came from, whatever the last refresh did. */
describeOneDatabase('postgres', (open) => {
  const apps: TestApp[] = [];
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

  /** A server with its own upstream on the same data. */
  const start = async (url: string, more: Environment | ((upstream: Upstream) => Environment) = {}) => {
    const app = await startApp(url, more);
    apps.push(app);
    return app;
  };
  const withRates = (name: 'open-er-api' | 'frankfurter') => (upstream: Upstream) => {
    return { RATES_SOURCE: name, RATES_URL: upstream.urls[name] };
  };
  const refresh = async (app: TestApp, change: (facts: Facts) => void = () => undefined) => {
    change(app.upstream.facts);
    return app.context.services.refreshes.start().done;
  };
  const data = async (app: TestApp, query: string) => {
    const { data, errors } = await app.post(query);
    expect(errors).toEqual([]);
    return data ?? {};
  };
  const status = async (app: TestApp) =>
    (await data(app, `{ status { totalCountries bundled sources { ${SOURCE} } } }`)).status as Status;
  const SOURCE = 'figures name bundled count observedFrom observedTo';
  const of = async (app: TestApp, figures: string) =>
    (await status(app)).sources.filter((source) => source.figures === figures);
  const rate = async (app: TestApp, quote: string, base = 'USD') => {
    const selection = `rate(base: "${base}") { date source { name bundled } sources { name } }`;
    return ((await data(app, `{ currency(code: "${quote}") { ${selection} } }`)).currency as { rate: unknown }).rate;
  };

  describe('status.sources', () => {
    it('names the older rates that were kept', async () => {
      const { url } = await open();
      await refresh(await start(url));
      const app = await start(url, withRates('open-er-api'));
      await refresh(app, (facts) => {
        facts.ratesOn = '2026-09-20';
      });
      expect(await of(app, 'RATES')).toMatchObject([
        { name: 'currency-api', observedFrom: '2026-09-29', observedTo: '2026-09-29' },
      ]);
      await expectToAddUp(app);
    });

    it('keeps the day of rates that are sent again under a new one', async () => {
      const app = await start((await open()).url);
      await refresh(app);
      const { warnings } = await refresh(app, (facts) => {
        facts.ratesOn = '2026-09-30';
      });
      expect(warnings.map(({ code }) => code)).toContain('SAME_RATES');
      expect(await of(app, 'RATES')).toMatchObject([{ name: 'currency-api', observedTo: '2026-09-29' }]);
      expect(await rate(app, 'EUR')).toMatchObject({ date: '2026-09-29', source: { name: 'currency-api' } });
    });

    it('names one source for some currencies and another one for the rest', async () => {
      const { url } = await open();
      await refresh(await start(url));
      const app = await start(url, withRates('frankfurter'));
      const before = await of(app, 'RATES');
      await refresh(app, thirtyRatesOn('2026-09-30'));
      const counts = (await of(app, 'RATES')).map(({ name, count, observedTo }) => [name, count, observedTo]);
      const total = before[0]?.count ?? 0;
      expect(counts).toEqual([
        ['currency-api', total - NEWER - OF_THE_EURO, '2026-09-29'],
        ['frankfurter', NEWER + OF_THE_EURO, '2026-09-30'],
      ]);
      expect(await rate(app, 'EUR')).toMatchObject({ date: '2026-09-30', sources: [{ name: 'frankfurter' }] });
      expect(await rate(app, 'XOF')).toMatchObject({ date: '2026-09-29', sources: [{ name: 'currency-api' }] });
      expect(await rate(app, 'XOF', 'EUR')).toMatchObject({
        date: '2026-09-29',
        source: { name: 'currency-api' },
        sources: [{ name: 'currency-api' }, { name: 'frankfurter' }],
      });
      expect(await rate(app, 'USD', 'EUR')).toMatchObject({ sources: [{ name: 'frankfurter' }] });
      await expectToAddUp(app);
    });

    it('names the source of each day of a history, with no count for one of past days only', async () => {
      const { url } = await open();
      await refresh(await start(url));
      const app = await start(url, withRates('open-er-api'));
      await refresh(app, (facts) => {
        facts.ratesOn = '2026-09-30';
        for (const code of Object.keys(facts.rates))
          if (code !== 'USD') facts.rates[code] = (facts.rates[code] ?? 1) * 1.01;
      });
      const query =
        '{ currency(code: "EUR") { history(from: "2026-09-29", to: "2026-09-30") { date source { name count } } } }';
      const { history } = (await data(app, query)).currency as { history: { date: string; source: Source }[] };
      expect(history.map(({ date, source }) => [date, source.name])).toEqual([
        ['2026-09-29', 'currency-api'],
        ['2026-09-30', 'open-er-api'],
      ]);
      expect(history[1]?.source.count).toBeGreaterThan(100);
    });

    it('names the source that was asked instead of one that failed', async () => {
      const app = await start((await open()).url, (upstream) => ({
        RATES_SOURCE: 'currency-api,open-er-api',
        RATES_URL: `${upstream.urls['currency-api']},${upstream.urls['open-er-api']}`,
      }));
      app.upstream.answer('currency-api', faults.status(404));
      await refresh(app);
      expect((await of(app, 'RATES')).map(({ name }) => name)).toEqual(['open-er-api']);
      await expectToAddUp(app);
    });

    it('says what is left of the bundled set, and the status, the metric and the picture agree', async () => {
      const { url } = await open();
      const first = await start(url);
      first.upstream.answer('restcountries-v3', faults.status(404));
      await refresh(first);
      expect(await of(first, 'COUNTRIES')).toMatchObject([{ name: 'restcountries-v3', bundled: true, count: 250 }]);
      expect(await bundledEverywhere(first)).toEqual([true, true, true]);
      const [{ count: rates = 0 } = {}] = await of(first, 'RATES');

      const second = await start(url, withRates('frankfurter'));
      await refresh(second, thirtyRatesOn('2026-10-01', (await bundled.rates()).records));
      expect(await of(second, 'COUNTRIES')).toMatchObject([{ bundled: false, count: 250 }]);
      expect(await of(second, 'RATES')).toMatchObject([
        { name: 'currency-api', bundled: true, count: rates - NEWER - OF_THE_EURO },
        { name: 'frankfurter', bundled: false, count: NEWER + OF_THE_EURO },
      ]);
      expect(await bundledEverywhere(second)).toEqual([true, true, true]);
      await expectToAddUp(second);

      const third = await start(url);
      const known = (await bundled.rates()).records.filter(({ currency }) => !['BGN', 'ANG'].includes(currency));
      await refresh(third, (facts) => {
        facts.ratesOn = '2026-10-02';
        facts.rates = Object.fromEntries(known.map(({ currency, rate }) => [currency, rate]));
      });
      const [live, ...left] = await of(third, 'RATES');
      expect(live).toMatchObject({ name: 'currency-api', bundled: false, observedTo: '2026-10-02' });
      expect(left).toMatchObject([{ name: 'currency-api', bundled: true, count: 1 }]);
      expect(await bundledEverywhere(third)).toEqual([false, false, false]);
      await expectToAddUp(third);
    });
  });

  describe('a country', () => {
    const QUERY = `code source { name bundled } gdp { population populationSource { name } populationAsOf source { name } }`;

    it('names the source of a population that a later source does not send', async () => {
      const { url } = await open();
      await refresh(await start(url));
      const app = await start(url, (upstream) => ({ COUNTRIES_SOURCE: 'csc', COUNTRIES_URL: upstream.urls.csc }));
      await refresh(app, (facts) => {
        countryFact(facts, 'CH').population = null;
      });
      expect((await data(app, `{ country(code: "CH") { ${QUERY} } }`)).country).toMatchObject({
        source: { name: 'csc' },
        gdp: { population: expect.any(Number), populationSource: { name: 'restcountries-v3' }, populationAsOf: null },
      });
      expect((await data(app, `{ country(code: "AT") { ${QUERY} } }`)).country).toMatchObject({
        gdp: { populationSource: { name: 'csc' }, populationAsOf: '2026-07-11', source: { name: 'world-bank' } },
      });
    });

    it('that the source no longer sends keeps its source', async () => {
      const { url } = await open();
      await refresh(await start(url));
      const app = await start(url, (upstream) => ({ COUNTRIES_SOURCE: 'csc', COUNTRIES_URL: upstream.urls.csc }));
      await refresh(app, (facts) => {
        facts.countries = facts.countries.filter(({ code }) => code !== 'CH');
      });
      expect(await of(app, 'COUNTRIES')).toMatchObject([
        { name: 'csc', count: 249, observedFrom: '2026-07-11' },
        { name: 'restcountries-v3', count: 1, observedFrom: null },
      ]);
      await expectToAddUp(app);
    });

    it('is not changed by a new edition that says the same', async () => {
      const app = await start((await open()).url, (upstream) => ({
        COUNTRIES_SOURCE: 'csc',
        COUNTRIES_URL: upstream.urls.csc,
      }));
      await refresh(app);
      const report = await refresh(app, (facts) => {
        facts.countriesOn = '2026-08-11';
      });
      expect(report).toMatchObject({ updated: 0, unchanged: 250 });
      expect(await of(app, 'COUNTRIES')).toMatchObject([{ observedFrom: '2026-08-11', observedTo: '2026-08-11' }]);
    });
  });

  /** The status, the metric and the badge of the picture. */
  async function bundledEverywhere(app: TestApp): Promise<boolean[]> {
    const { services } = app.context;
    let drawn: Summary | undefined;
    const summary = new SummaryService({
      snapshots: services.snapshots,
      pictures: { find: async () => null, write: async (name) => name },
      gdpMethod: app.context.config.refresh.gdpMethod,
      logger: app.context.logger,
      render: async (shown) => {
        drawn = shown;
        return Buffer.of();
      },
    });
    await summary.draw();
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    return [(await status(app)).bundled, /^country_exchange_bundled 1$/m.test(metrics), drawn?.bundled ?? false];
  }

  /** The counts are those of the countries, rates and GDP figures that name the source. */
  async function expectToAddUp(app: TestApp): Promise<void> {
    const { countries, currencies } = (await data(
      app,
      `{ countries { nodes { source { ${SOURCE} } gdp { perCapita source { ${SOURCE} } } } }
         currencies(hasRate: true) { rate { date source { ${SOURCE} } } } }`,
    )) as {
      countries: { nodes: { source: Source; gdp: { perCapita: number | null; source: Source | null } }[] };
      currencies: { rate: { date: string; source: Source } }[];
    };
    for (const { gdp } of countries.nodes) expect(gdp.source === null).toBe(gdp.perCapita === null);
    const named = [
      ...countries.nodes.flatMap(({ source, gdp }) => [source, ...(gdp.source ? [gdp.source] : [])]),
      ...currencies.map(({ rate }) => rate.source),
    ];
    const { sources } = await status(app);
    for (const source of sources.filter(({ figures }) => figures !== 'REFERENCE')) {
      const same = named.filter(
        ({ figures, name, bundled }) =>
          figures === source.figures && name === source.name && bundled === source.bundled,
      );
      expect(same.length).toBe(source.count);
      for (const one of same) expect(one).toEqual(source);
    }
    const counts = sources.filter(({ figures }) => figures !== 'REFERENCE').map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(named.length);
    expect(sources.filter(({ figures }) => figures === 'REFERENCE').map(({ count }) => count)).toEqual([250, 250, 250]);
  }
});

const NEWER = 30;

/** The lev and the kuna are served at their fixed rates to the euro and share its source. */
const OF_THE_EURO = 2;

/** What a central bank quotes; the adapter adds the dollar. */
function thirtyRatesOn(day: string, known?: { currency: string; rate: number }[]) {
  return (facts: Facts) => {
    const all =
      known?.map(({ currency, rate }): [string, number | null] => [currency, rate]) ?? Object.entries(facts.rates);
    const usable = all.filter(([code, rate]) => rate !== null && isoStatus(code, isWithdrawn(code, day)) === 'CURRENT');
    const rare = usable.filter(([code]) => !['USD', 'EUR', 'XOF'].includes(code)).slice(0, 28);
    const main = usable.filter(([code]) => ['USD', 'EUR'].includes(code));
    facts.rates = Object.fromEntries([...main, ...rare]);
    facts.ratesOn = day;
  };
}
