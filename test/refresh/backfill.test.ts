import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import { type BackfillOptions, type BackfillProgress, backfill, backfillDays } from '../../src/refresh/backfill.js';
import { createSources, type Sources } from '../../src/sources/sources.js';
import { settings } from '../app.js';
import { describeEachDatabase } from '../databases.js';
import { rateRow } from '../db/rows.js';
import * as faults from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

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
      const report = await run({ onDay: (progress) => seen.push(progress) });
      const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'];
      expect(report).toEqual({ stored: days, skipped: [], missing: [] });
      expect(asked()).toEqual(days);
      expect((await ratesOf('CHF')).map(({ day }) => day)).toEqual(days);
      expect(seen.at(-1)).toEqual({ day: '2026-03-05', done: 5, total: 5, failure: null });
      const currencies = await database.kysely.selectFrom('currencies').select('code').execute();
      expect(currencies.map(({ code }) => code)).toContain('CHF');
    });

    it('goes on where it stopped, and asks again only when told to', async () => {
      await run({ to: '2026-03-02' });
      upstream.restore();
      const report = await run();
      expect(report).toMatchObject({
        skipped: ['2026-03-01', '2026-03-02'],
        stored: ['2026-03-03', '2026-03-04', '2026-03-05'],
      });
      expect(asked()).toEqual(report.stored);
      upstream.facts.rates.CHF = 0.75;
      await run({ again: true });
      expect((await ratesOf('CHF')).map(({ rate }) => rate)).toEqual([0.75, 0.75, 0.75, 0.75, 0.75]);
    });

    it('passes over the days that the source does not have', async () => {
      const answers = [faults.good(), faults.status(404), faults.edited(() => ({ date: '2026-09-29', usd: {} }))];
      upstream.answer('currency-api', faults.good(), ...answers, faults.good());
      const { stored, missing } = await run();
      expect(stored).toEqual(['2026-03-01', '2026-03-02', '2026-03-05']);
      expect(missing).toEqual([
        { day: '2026-03-03', reason: expect.stringContaining('HTTP 404') },
        { day: '2026-03-04', reason: expect.stringContaining('no rates') },
      ]);
    });

    it('does not take another day for the one it asked for', async () => {
      const old = (value: unknown) => ({ ...(value as object), date: '2026-02-28' });
      upstream.answer('currency-api', faults.edited(old), faults.good());
      const { missing } = await run();
      expect(missing).toEqual([{ day: '2026-03-01', reason: 'the answer is for 2026-02-28' }]);
      expect((await ratesOf('CHF')).map(({ day }) => day)).not.toContain('2026-02-28');
    });

    it('gives up when the source is down, and keeps what it has', async () => {
      upstream.answer('currency-api', faults.good(), faults.status(403));
      await expect(run({ to: '2026-03-31' })).rejects.toThrow(
        'Given up after 5 days in a row that could not be had; 1 days were stored. Run it again to go on',
      );
      expect(asked()).toHaveLength(6);
      expect(await ratesOf('CHF')).toHaveLength(1);
    });

    it('leaves what other sources have brought, and the names of currencies, as they are', async () => {
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
  });
});

describe('the days of a backfill', () => {
  const now = new Date('2026-03-10T12:00:00Z');

  it('end yesterday when nothing else is said', () => {
    expect(backfillDays({ from: '2026-03-08', now })).toEqual(['2026-03-08', '2026-03-09']);
  });

  it('are days of the calendar, leap years and changes of the clock included', () => {
    const days = backfillDays({ from: '2024-03-02', to: '2026-03-01', now });
    expect(days).toHaveLength(730);
    expect(new Set(days).size).toBe(730);
  });

  it.each([
    ['2026-02-30', undefined, '"2026-02-30" is no day'],
    ['2026-03-05', '2026-03-01', 'The first day (2026-03-05) is after the last (2026-03-01)'],
    ['2024-01-01', undefined, 'Rates are kept since 2024-03-02, not for 2024-01-01'],
    ['2026-03-01', '2026-03-11', 'There are no rates yet for 2026-03-11'],
  ])('make sense: not from %s to %s', (from, to, message) => {
    expect(() => backfillDays({ from, to, now })).toThrow(message);
  });
});
