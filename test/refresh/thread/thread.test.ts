import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhaseName, PhaseState, RefreshState } from '../../../src/refresh/phases.js';
import type { Refresh } from '../../../src/refresh/refresh.type.js';
import { createTestDatabase, describeEachDatabase, type TestDatabase } from '../../databases.js';
import { held, late, silence, status, versioned } from '../../upstream/faults.js';
import { startUpstream, type Upstream } from '../../upstream/upstream.js';
import { createRefresher } from '../refresher.js';
import { dataIn } from '../tables.js';
import { ENDED, openThreaded, type Threaded } from './threaded.js';

describe('a refresh on another thread', () => {
  describeEachDatabase((open) => {
    let upstream: Upstream;
    let testDatabase: TestDatabase;
    let server: Threaded;

    beforeAll(async () => {
      upstream = await startUpstream();
    });
    beforeEach(async () => {
      upstream.restore();
      testDatabase = await open();
      server = await openThreaded(upstream, testDatabase.url);
    });
    afterEach(() => server.close());
    afterAll(() => upstream.close());

    const start = (options = {}) => server.services.refreshes.start(options);
    const leaseHolder = async () =>
      (await testDatabase.database.kysely.selectFrom('refresh_lease').select('holder').executeTakeFirst())
        ?.holder;

    it('stores what one on this thread stores, and tells the same of it', async () => {
      const here = await open();
      const refresher = await createRefresher(here.database, upstream);
      const expected = await refresher.start().done;
      await refresher.close();
      const report = await start().done;
      expect(alike(report)).toEqual(alike(expected));
      const [data, expectedData] = [await dataIn(testDatabase.database), await dataIn(here.database)];
      expect(data.countries).toHaveLength(250);
      expect(withoutMoments(data)).toEqual(withoutMoments(expectedData));
      expect(server.threads).toHaveLength(1);
    });

    it('draws the picture, and leaves the whole report', async () => {
      const { id } = await start().done;
      await server.services.refreshes.drawn();
      expect(await readdir(server.folder)).toContain('summary.png');
      const report = await server.services.refreshes.reports.find(id);
      expect(report?.phases.map(({ state }) => state)).toEqual(Array(6).fill(PhaseState.DONE));
      await expect(server.services.refreshes.find(id)).resolves.toEqual(report);
    });

    it('tells of every step while it runs', async () => {
      const told: Refresh[] = [];
      const stop = server.services.refreshes.watch((report) => told.push(report));
      await start().done;
      await server.services.refreshes.drawn();
      stop();
      const ended = (name: PhaseName) =>
        told.findIndex(({ phases }) => phases.find((it) => it.name === name)?.state === PhaseState.DONE);
      const steps = [PhaseName.FETCH_COUNTRIES, PhaseName.MERGE, PhaseName.STORE, PhaseName.DRAW].map(ended);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(steps.every((at) => at >= 0)).toBe(true);
      const shares = told.map(({ progress }) => progress);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(new Set(told.map(({ id }) => id)).size).toBe(1);
      // What the merge has found is told before the data are stored.
      expect(told.find(({ inserted }) => inserted === 250)?.state).toBe(RefreshState.RUNNING);
    });

    it('lets queries see the new data as soon as it is done', async () => {
      const before = await server.database.dataVersion.current();
      const seen: unknown[] = [];
      server.services.refreshes.watch(({ state }) => {
        if (state === RefreshState.SUCCEEDED) seen.push(server.database.dataVersion.current());
      });
      await start().done;
      expect(await server.database.dataVersion.current()).not.toBe(before);
      expect(await Promise.all(seen)).not.toContain(before);
      expect(seen.length).toBeGreaterThan(0);
    });

    it('runs the next on the same thread, and asks politely', async () => {
      upstream.answer('restcountries-v3', versioned());
      await start().done;
      await server.services.refreshes.drawn();
      const report = await start().done;
      expect(report).toMatchObject({ state: RefreshState.SUCCEEDED, inserted: 0, unchanged: 250 });
      expect(report.sources.map(({ reused }) => reused)).toEqual([true, false, false]);
      expect(server.threads).toHaveLength(1);
    });

    it('is joined by whoever comes meanwhile, and lets a dry run run beside it', async () => {
      upstream.answer('restcountries-v3', late(300));
      const [one, other, dry] = [start(), start(), start({ dryRun: true })];
      const [first, second, third] = await Promise.all([one.done, other.done, dry.done]);
      expect(second).toMatchObject({ id: first.id, joined: true });
      expect(third).toMatchObject({ dryRun: true, state: RefreshState.SUCCEEDED });
      expect(third.id).not.toBe(first.id);
      expect(server.threads).toHaveLength(1);
    });

    it('waits for the refresh of another process', async () => {
      const elsewhere = await createRefresher(await testDatabase.connect(), upstream);
      const gate = held();
      upstream.answer('restcountries-v3', gate.handler);
      const { id } = await elsewhere.start().ready;
      const joining = start();
      expect(await joining.ready).toMatchObject({ id, joined: true });
      gate.open();
      expect(await joining.done).toMatchObject({ id, joined: true, state: RefreshState.SUCCEEDED });
      await elsewhere.close();
    });

    it('fails as it would on this thread', async () => {
      upstream.answer('restcountries-v3', status(503));
      await start({ force: true }).done;
      const fails = start({ force: true }).done;
      await expect(fails).rejects.toMatchObject({
        code: 'EXTERNAL_SOURCE_UNAVAILABLE',
        details: expect.stringMatching(/^Could not fetch data from restcountries/),
      });
      const [last] = await server.services.refreshes.newest(1);
      expect(last).toMatchObject({
        state: RefreshState.FAILED,
        failure: { code: 'EXTERNAL_SOURCE_UNAVAILABLE' },
      });
      expect(await leaseHolder()).toBe('');
    });

    it('logs here what it warns of there', async () => {
      await start().done;
      await server.services.refreshes.drawn();
      await testDatabase.database.kysely.schema.dropTable('source_answers').execute();
      upstream.answer('restcountries-v3', late(0));
      await start({ force: true }).done;
      await server.services.refreshes.drawn();
      const warning = server.log.find(({ msg }) => msg === 'no answers were remembered');
      expect(warning).toMatchObject({
        level: 40,
        err: { message: expect.stringContaining('source_answers') },
      });
    });

    it('is cancelled by its id', async () => {
      upstream.answer('restcountries-v3', silence());
      const { done, ready } = start();
      const { id } = await ready;
      const [cancelled, error] = await Promise.all([
        server.services.refreshes.cancel(id),
        done.catch((it: unknown) => it),
      ]);
      expect(cancelled.state).toBe(RefreshState.CANCELLED);
      expect(error).toMatchObject({ name: 'RefreshCancelledError', code: 'REFRESH_CANCELLED' });
      expect(await leaseHolder()).toBe('');
    });

    it('is ended by the end of the server', async () => {
      upstream.answer('restcountries-v3', silence());
      const { done, ready } = start();
      await ready;
      const failing = expect(done).rejects.toMatchObject({ code: 'REFRESH_CANCELLED' });
      await server.services.refreshes.close();
      await failing;
      expect(await leaseHolder()).toBe('');
    });

    it('fails when its thread dies, and the next one has another', async () => {
      upstream.answer('restcountries-v3', silence());
      const { done, ready } = start();
      const { id } = await ready;
      const failing = expect(done).rejects.toThrow('The thread that ran the refresh has died');
      await server.threads[0]?.terminate();
      await failing;
      expect(await leaseHolder()).toBe('');
      expect(await server.services.refreshes.find(id)).toMatchObject({
        state: RefreshState.FAILED,
        failure: { code: 'INTERNAL_SERVER_ERROR' },
      });
      upstream.restore();
      expect(await start().done).toMatchObject({ state: RefreshState.SUCCEEDED, inserted: 250 });
      expect(server.threads).toHaveLength(2);
    });

    it('has succeeded when its thread dies behind the commit', async () => {
      upstream.answer('restcountries-v3', silence());
      const { done, ready, report } = start();
      await ready;
      const { database, services } = server;
      const stored = { ...report, state: RefreshState.SUCCEEDED, finishedAt: new Date().toISOString() };
      await services.refreshes.reports.save(stored);
      await database.kysely.updateTable('refresh_lease').set({ holder: '' }).execute();
      await server.threads[0]?.terminate();
      expect(await done).toMatchObject({ id: report.id, state: RefreshState.SUCCEEDED });
      await server.services.refreshes.drawn();
      expect(server.log.map(({ msg }) => msg)).toContain('what follows the refresh was lost with its thread');
    });
  });

  it('runs on this thread where the database is in memory', async () => {
    const upstream = await startUpstream();
    const server = await openThreaded(upstream, 'sqlite::memory:');
    expect(await server.services.refreshes.start().done).toMatchObject({ inserted: 250 });
    await server.services.refreshes.drawn();
    expect(server.threads).toEqual([]);
    await server.close();
    await upstream.close();
  });
});

describe('the thread of the refreshes', () => {
  let upstream: Upstream;
  let url: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    ({ url } = await createTestDatabase('sqlite'));
  });
  afterAll(() => upstream.close());

  it('is started for a refresh, and ends with the server', async () => {
    const server = await openThreaded(upstream, url);
    expect(server.threads).toEqual([]);
    await server.services.refreshes.start().done;
    await server.close();
    expect(server.threads.map(({ threadId }) => threadId)).toEqual([ENDED]);
  });

  it('ends when no refresh has come for a while, and another is started for the next', async () => {
    const server = await openThreaded(upstream, url, { idleMs: 200 });
    await server.services.refreshes.start().done;
    await server.services.refreshes.drawn();
    await expect.poll(() => server.threads[0]?.threadId).toBe(ENDED);
    await server.services.refreshes.start({ force: true }).done;
    await server.close();
    expect(server.threads.map(({ threadId }) => threadId)).toEqual([ENDED, ENDED]);
  });
});

/** What two refreshes of the same answers have in common. */
function alike({ id, startedAt, finishedAt, durationMs, phases, ...rest }: Refresh) {
  expect([id, startedAt, finishedAt, durationMs].every(Boolean)).toBe(true);
  const before = phases.filter(({ name }) => name !== PhaseName.DRAW);
  return { ...rest, phases: before.map(({ durationMs: _, ...phase }) => phase) };
}

function withoutMoments(data: Awaited<ReturnType<typeof dataIn>>) {
  return JSON.stringify(data, (key, value) => (key.endsWith('_at') ? undefined : value));
}
