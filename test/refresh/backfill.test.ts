import { graphql } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { CountryService } from '../../src/countries/country.service.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { daysIn } from '../../src/days.js';
import type { Database } from '../../src/db/database.js';
import { createSchema } from '../../src/graphql/schema.js';
import {
  type BackfillOptions,
  type BackfillProgress,
  backfill,
  backfillSpan,
  missingSpans,
} from '../../src/refresh/backfill.js';
import { DayByDay } from '../../src/refresh/backfill-store.js';
import { createSources, type Sources } from '../../src/sources/sources.js';
import { settings } from '../app.js';
import { bundledDatabase } from '../bundled.js';
import { describeEachDatabase } from '../databases.js';
import { rateRow } from '../db/rows.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

interface ServedCountry {
  code: string;
  exchangeRate: number | null;
  currency: { code: string; rate: { rate: number; date: string } | null } | null;
}

describe('a backfill', () => {
  describeEachDatabase((open) => {
    let upstream: Upstream;
    let sources: Sources;
    let database: Database;
    beforeAll(async () => {
      upstream = await startUpstream();
      sources = createSources(readConfig(settings(upstream, '')).sources);
    });
    beforeEach(async () => {
      upstream.restore();
      database = (await open()).database;
    });
    afterAll(async () => {
      await sources.close();
      await upstream.close();
    });

    const run = (more: Partial<BackfillOptions> = {}) =>
      backfill({
        database,
        sources,
        batchSize: 100,
        pauseMs: 0,
        from: '2026-03-01',
        to: '2026-03-05',
        ...more,
      });
    const asked = () => upstream.requests('currency-api').map(({ url }) => /@([\d-]+)\//.exec(url ?? '')?.[1]);
    const ratesOf = (currency: string) =>
      database.kysely
        .selectFrom('exchange_rates')
        .select(['observed_on as day', 'rate', 'source'])
        .where('currency_code', '=', currency)
        .orderBy('observed_on')
        .execute();

    it('stores each day in turn, and its currencies', async () => {
      const seen: BackfillProgress[] = [];
      const report = await run({ onSpan: (progress) => seen.push(progress) });
      const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'];
      expect(report).toEqual({ source: 'currency-api', fetched: 5, skipped: 0, heldBack: 0, missing: [] });
      expect(asked()).toEqual(days);
      expect((await ratesOf('CHF')).map(({ day }) => day)).toEqual(days);
      expect(seen.at(-1)).toEqual({ from: '2026-03-05', to: '2026-03-05', done: 5, total: 5, failure: null });
      const currencies = await database.kysely.selectFrom('currencies').select('code').execute();
      expect(currencies.map(({ code }) => code)).toContain('CHF');
    });

    it('goes on where it stopped, and asks again only when told to', async () => {
      await run({ to: '2026-03-02' });
      upstream.restore();
      const report = await run();
      expect(report).toMatchObject({ skipped: 2, fetched: 3 });
      expect(asked()).toEqual(['2026-03-03', '2026-03-04', '2026-03-05']);
      upstream.facts.rates.CHF = 0.75;
      await run({ again: true });
      expect((await ratesOf('CHF')).map(({ rate }) => rate)).toEqual([0.75, 0.75, 0.75, 0.75, 0.75]);
    });

    it('passes over the days that the source does not have', async () => {
      const answers = [faults.good(), faults.status(404), faults.edited(() => ({ date: '2026-09-29', usd: {} }))];
      upstream.answer('currency-api', faults.good(), ...answers, faults.good());
      const { missing } = await run();
      expect((await ratesOf('CHF')).map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02', '2026-03-05']);
      expect(missing).toEqual([
        { from: '2026-03-03', to: '2026-03-03', reason: expect.stringContaining('HTTP 404') },
        { from: '2026-03-04', to: '2026-03-04', reason: expect.stringContaining('no rates') },
      ]);
    });

    it('does not take another day for the one it asked for', async () => {
      const old = (value: unknown) => ({ ...(value as object), date: '2026-02-28' });
      upstream.answer('currency-api', faults.edited(old), faults.good());
      const { missing } = await run();
      expect(missing).toEqual([{ from: '2026-03-01', to: '2026-03-01', reason: 'the answer is for 2026-02-28' }]);
      expect((await ratesOf('CHF')).map(({ day }) => day)).not.toContain('2026-02-28');
    });

    it('gives up when the source is down, and keeps what it has', async () => {
      upstream.answer('currency-api', faults.good(), faults.status(403));
      await expect(run({ to: '2026-03-31' })).rejects.toThrow(
        'Given up after 5 requests in a row that failed; 1 days were stored. Run it again to resume',
      );
      expect(asked()).toHaveLength(6);
      expect(await ratesOf('CHF')).toHaveLength(1);
    });

    it('leaves rates of other sources and the names of currencies as they are', async () => {
      await database.writeAtomically([
        ...database.upsert('currencies', [{ code: 'CHF', name: 'franc', symbol: 'Fr.' }], ['code'], 100),
        ...database.upsert(
          'exchange_rates',
          [rateRow('CHF', 0.5, '2026-03-02')],
          ['currency_code', 'observed_on'],
          100,
        ),
      ]);
      await run();
      const [, second] = await ratesOf('CHF');
      expect(second).toEqual({ day: '2026-03-02', rate: 0.5, source: 'test' });
      const franc = await database.kysely
        .selectFrom('currencies')
        .selectAll()
        .where('code', '=', 'CHF')
        .executeTakeFirst();
      expect(franc).toEqual({ code: 'CHF', name: 'franc', symbol: 'Fr.' });
    });

    it('accepts a jump only when it is seen twice, whatever is stored around it', async () => {
      const rates = (...values: (number | null)[]) => values.map((ZWL) => faults.edited((it) => edit(it, ZWL)));
      const edit = (value: unknown, zwl: number | null) => {
        const { date, usd } = value as { date: string; usd: object };
        return { date, usd: { ...usd, zwl } };
      };
      const [first, ...others] = rates(322, 66_685, 66_608, 322, 66_700) as [Handler, ...Handler[]];
      upstream.answer('currency-api', first, ...others);
      expect(await run()).toMatchObject({ fetched: 5, heldBack: 2 });
      const zwl = async () => (await ratesOf('ZWL')).map(({ day, rate }) => [day.slice(8), rate]);
      expect(await zwl()).toEqual([
        ['02', 66_685],
        ['03', 66_608],
        ['05', 66_700],
      ]);
      // A day on its own, between days that are stored, and one after them, which a refresh has to confirm.
      upstream.answer('currency-api', ...(rates(322) as [Handler]));
      await run({ from: '2026-03-01', to: '2026-03-01' });
      await run({ from: '2026-03-06', to: '2026-03-06' });
      expect(await zwl()).toHaveLength(3);
      const held = await database.kysely.selectFrom('held_rates').selectAll().execute();
      expect(held).toEqual([{ currency_code: 'ZWL', observed_on: '2026-03-06', rate: 322, source: 'currency-api' }]);
      upstream.answer('currency-api', ...(rates(321) as [Handler]));
      await run({ from: '2026-03-07', to: '2026-03-07' });
      expect((await zwl()).slice(3)).toEqual([
        ['06', 322],
        ['07', 321],
      ]);
      expect(await database.kysely.selectFrom('held_rates').selectAll().execute()).toEqual([]);
    });

    it('removes what an earlier run accepted when it fetches the days again', async () => {
      await database.writeAtomically([
        ...database.upsert('currencies', [{ code: 'ZWL', name: null, symbol: null }], ['code'], 100),
        ...database.upsert(
          'exchange_rates',
          [{ ...rateRow('ZWL', 66_700, '2026-02-28') }],
          ['currency_code', 'observed_on'],
          100,
        ),
        ...database.upsert(
          'exchange_rates',
          [{ ...rateRow('ZWL', 322, '2026-03-03'), source: 'currency-api' }],
          ['currency_code', 'observed_on'],
          100,
        ),
      ]);
      upstream.facts.rates.ZWL = 66_600;
      const thin = faults.edited((it) => {
        const { date, usd } = it as { date: string; usd: object };
        return { date, usd: { ...usd, zwl: 322 } };
      });
      upstream.answer('currency-api', faults.good(), faults.good(), thin, faults.good());
      await run({ again: true });
      expect((await ratesOf('ZWL')).map(({ rate }) => rate)).toEqual([66_700, 66_600, 66_600, 66_600, 66_600]);
    });

    it('leaves one rate for each country, whichever field is asked for', async () => {
      await bundledDatabase(database);
      for (const [code, rate] of Object.entries(upstream.facts.rates)) {
        upstream.facts.rates[code] = code === 'USD' ? 1 : (rate as number) * 1.01;
      }
      await run({ from: '2026-09-30', to: '2026-10-01', now: new Date('2026-10-02') });
      const snapshots = new SnapshotCache(database).pinned();
      const contextValue = { countries: new CountryService(snapshots), currencies: new CurrencyService(snapshots) };
      const source = '{ countries { nodes { code exchangeRate currency { code rate { rate date } } } } }';
      const { data } = await graphql({ schema: createSchema(), source, contextValue });
      const { nodes } = (data as unknown as { countries: { nodes: ServedCountry[] } }).countries;
      expect(nodes.length).toBe(250);
      const codes = nodes.map(({ currency }) => currency?.code ?? 'XXX');
      const conversions = await Promise.all(codes.map((to) => contextValue.currencies.convert(1, 'USD', [to])));
      const converted = conversions.map(([it]) => (it && 'rate' in it ? it.rate : null));
      expect(nodes.map(({ exchangeRate }) => exchangeRate)).toEqual(converted);
      expect(nodes.map(({ currency }) => currency?.rate?.rate ?? null)).toEqual(converted);
      expect(nodes.filter(({ currency }) => currency?.rate?.date === '2026-10-01').length).toBeGreaterThan(150);
    });

    describe('of a source with ranges', () => {
      let frankfurter: Sources;
      beforeAll(() => {
        const more = { RATES_SOURCE: 'frankfurter', RATES_URL: upstream.urls.frankfurter };
        frankfurter = createSources(readConfig(settings(upstream, '', more)).sources);
      });
      afterAll(() => frankfurter.close());
      const fill = (from: string, to: string, again = false) =>
        backfill({ database, sources: frankfurter, batchSize: 100, pauseMs: 0, from, to, again });
      const urls = () => upstream.requests('frankfurter').map(({ url }) => url?.split('?')[1]);

      it('asks for all days at once, and for nothing twice', async () => {
        const first = await fill('2024-11-01', '2024-12-31');
        expect(first).toMatchObject({ source: 'frankfurter', fetched: 43, skipped: 0 });
        expect(urls()).toEqual(['base=USD&from=2024-11-01&to=2024-12-31']);
        expect(await ratesOf('CHF')).toHaveLength(43);
        expect(await ratesOf('USD')).toHaveLength(43);
        expect(await fill('2024-11-01', '2025-01-03')).toMatchObject({ fetched: 3, skipped: 43, missing: [] });
        expect(urls().slice(1)).toEqual(['base=USD&from=2025-01-01&to=2025-01-03']);
      });

      it('goes on with the next range when one fails', async () => {
        upstream.answer('frankfurter', faults.status(404), faults.good());
        const { missing, fetched } = await fill('2023-12-31', '2025-01-03');
        expect(missing).toEqual([
          { from: '2023-12-31', to: '2024-12-30', reason: expect.stringContaining('HTTP 404') },
        ]);
        expect(fetched).toBe(4);
      });

      it('takes no day that it did not ask for', async () => {
        const shifted = (rows: unknown) => (rows as object[]).map((row) => ({ ...row, date: '2025-06-02' }));
        upstream.answer('frankfurter', faults.edited(shifted));
        const { missing } = await fill('2024-03-04', '2024-03-08');
        expect(missing[0]?.reason).toMatch(/^only 0 of \d+ records are usable/);
        expect(await ratesOf('CHF')).toEqual([]);
      });
    });
  });
});

describe('the days of a backfill', () => {
  const now = new Date('2026-03-10T12:00:00Z');
  const sources = createSources(readConfig({ RATES_SOURCE: 'currency-api,frankfurter' }).sources);
  const daily = sources.pastRates('2026-01-01');
  const ranges = sources.pastRates('1999-01-04');
  afterAll(() => sources.close());

  it('end yesterday when nothing else is given', () => {
    expect(backfillSpan({ from: '2026-03-08', now }, daily)).toEqual({ from: '2026-03-08', to: '2026-03-09' });
  });

  it.each([
    ['2026-02-30', undefined, '"2026-02-30" is not a date'],
    ['2026-03-05', '2026-03-01', 'The first day (2026-03-05) is after the last (2026-03-01)'],
    ['2024-01-01', undefined, 'currency-api has rates since 2024-03-02, not for 2024-01-01'],
    ['2026-03-01', '2026-03-11', 'There are no rates yet for 2026-03-11'],
  ])('must make sense: not from %s to %s', (from, to, message) => {
    expect(() => backfillSpan({ from, to, now }, daily)).toThrow(message);
  });

  it('come from the first source of the settings that goes back that far', () => {
    expect([daily.source, ranges.source]).toEqual(['currency-api', 'frankfurter']);
    expect(sources.pastRates('1990-01-01').source).toBe('currency-api');
  });

  it('cannot come from sources that keep no past rates', async () => {
    const without = createSources(readConfig({ RATES_SOURCE: 'open-er-api,bundled' }).sources);
    expect(() => without.pastRates('2026-01-01')).toThrow(
      /^open-er-api and bundled has no past rates: set RATES_SOURCE/,
    );
    await without.close();
  });

  it('are asked for one by one, or in ranges of a year', () => {
    const span = { from: '2024-03-02', to: '2026-03-01' };
    expect(missingSpans(span, [], daily)).toHaveLength(730);
    const asked = missingSpans(span, [], ranges);
    expect(asked).toEqual([
      { from: '2024-03-02', to: '2025-03-02' },
      { from: '2025-03-03', to: '2026-03-01' },
    ]);
    expect(asked.map(daysIn)).toEqual([366, 364]);
    expect(missingSpans({ from: '1999-01-04', to: '2026-11-27' }, [], ranges).length).toBe(28);
  });

  it('are those that are not stored; a few days between two that are stored count as holidays', () => {
    const span = { from: '2026-04-01', to: '2026-04-20' };
    // Easter is on 5 April.
    const stored = ['2026-04-02', '2026-04-07', '2026-04-14', '2026-04-15', '2026-04-17'];
    expect(missingSpans(span, stored, ranges)).toEqual([
      { from: '2026-04-01', to: '2026-04-01' },
      { from: '2026-04-08', to: '2026-04-13' },
      { from: '2026-04-18', to: '2026-04-20' },
    ]);
    expect(missingSpans(span, stored, daily)).toHaveLength(15);
  });
});

describe('a past observation', () => {
  /** The rates that are stored when these are observed on one day after the other; negative ones are stored already. */
  const believed = (...rates: number[]) => {
    const judge = new DayByDay();
    const rows = rates.map((rate, at) => rateRow('ZWL', Math.abs(rate), `2026-03-${10 + at}`));
    const stored = rows.flatMap((row, at) => judge.observe(row, (rates[at] as number) < 0));
    const { believed: rest, quarantined } = judge.finish();
    const inOrder = [...stored, ...rest].sort((a, b) => (a.observed_on < b.observed_on ? -1 : 1));
    return [inOrder.map(({ rate }) => rate), quarantined.map(({ rate }) => rate)];
  };

  it.each<[string, number[], number[], number[]]>([
    ['is the only one', [322], [322], []],
    ['agrees with the others', [66, 67, 68], [66, 67, 68], []],
    ['jumps for a day', [66_700, 322, 66_685], [66_700, 66_685], []],
    ['jumps for a day, the very first', [322, 66_685, 66_608], [66_685, 66_608], []],
    ['jumps for good', [1, 20, 21, 22], [1, 20, 21, 22].slice(1), []],
    ['jumps for good after others', [1, 1.1, 20, 21], [1, 1.1, 20, 21], []],
    ['jumps last', [1, 1.1, 20], [1, 1.1], [20]],
    ['jumps twice, differently', [1, 1, 20, 300, 1], [1, 1, 1], []],
    ['jumps away from a stored one', [-66_700, 322, 66_685], [66_685], []],
    ['jumps before a stored one', [322, -66_685], [], []],
    ['is confirmed by a stored one', [1, 1, 20, -21], [1, 1, 20], []],
    ['is not a jump from a stored one', [-1, 2, 3], [2, 3], []],
  ])('%s', (_, observed, stored, quarantined) => {
    expect(believed(...observed)).toEqual([stored, quarantined]);
  });
});
