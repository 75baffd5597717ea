import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { LEASE_TIMES, LeaseHeldError, RefreshLease } from '../../src/refresh/lease.js';
import { hasEnded, PhaseState, RefreshState } from '../../src/refresh/phases.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { RunningReport } from '../../src/refresh/report.js';
import { describeEachDatabase, type TestDatabase } from '../databases.js';
import { late, silence, status } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher, type RefresherOptions } from './refresher.js';
import { dataIn } from './tables.js';

const TIMES = { expiryMs: 2_000, beatMs: 100, pollMs: 50 };

/** Two services with pools of their own on one database stand for two processes. */
describe('of several processes on one database', () => {
  describeEachDatabase((open) => {
    let upstream: Upstream;
    let testDatabase: TestDatabase;
    let database: Database;
    const services: RefreshService[] = [];

    const process = async (options: RefresherOptions = {}) => {
      const service = await createRefresher(await testDatabase.connect(), upstream, {}, { times: TIMES, ...options });
      services.push(service);
      return service;
    };

    beforeAll(async () => {
      upstream = await startUpstream();
    });
    beforeEach(async () => {
      upstream.restore();
      testDatabase = await open();
      ({ database } = testDatabase);
    });
    afterEach(async () => {
      await Promise.all(services.splice(0).map((service) => service.close()));
    });
    afterAll(() => upstream.close());

    it('one refreshes, and the others wait for its report', async () => {
      upstream.answer('restcountries-v3', late(400));
      const three = await Promise.all([process(), process(), process()]);
      const reports = await Promise.all(three.map((service) => service.start().done));
      expect(new Set(reports.map(({ id }) => id)).size).toBe(1);
      expect(reports.map(({ joined }) => joined).sort()).toEqual([false, true, true]);
      expect(reports.map(({ state, inserted }) => [state, inserted])).toEqual(
        Array(3).fill([RefreshState.SUCCEEDED, 250]),
      );
      expect(await database.kysely.selectFrom('refreshes').select('id').execute()).toHaveLength(1);
    });

    it('each knows what the other is doing', async () => {
      upstream.answer('restcountries-v3', late(600));
      const [one, other] = [await process(), await process()];
      const started = await one.start().ready;
      expect(await other.running()).toMatchObject({ id: started.id, state: RefreshState.RUNNING });
      expect(await other.find(started.id)).toMatchObject({ id: started.id });
      const joined = await other.start().ready;
      expect(joined).toMatchObject({ id: started.id, joined: true, state: RefreshState.RUNNING });
    });

    it('those who wait get the failure of the one that fails', async () => {
      await (await process()).start().done;
      upstream.answer('restcountries-v3', async (exchange) => {
        await sleep(500);
        status(404)(exchange);
      });
      const [one, other] = [await process(), await process()];
      const handles = [one.start(), other.start()];
      const [first, second] = await Promise.all(handles.map((it) => it.done.catch((error) => error)));
      expect(first).toMatchObject({ details: expect.stringMatching(/restcountries-v3: HTTP 404/) });
      expect(second).toMatchObject({ code: first.code, message: first.message, details: first.details });
    });

    it('one takes over when the other has died, and reports the death', async () => {
      const dead = await abandon(database);
      const report = await (await process()).start().done;
      expect(report).toMatchObject({ state: RefreshState.SUCCEEDED, joined: false });
      const reports = await (await process()).newest(10);
      expect(reports.find(({ id }) => id === dead)).toMatchObject({
        state: RefreshState.FAILED,
        failure: { code: 'ABANDONED' },
      });
    });

    it('a watcher sees the failure of one that has died, even while no other takes over', async () => {
      const dead = await abandon(database);
      const watcher = await process();
      expect(await watcher.find(dead)).toMatchObject({ id: dead, state: RefreshState.RUNNING });
      await expect.poll(() => watcher.find(dead), { timeout: 5_000 }).toMatchObject({ state: RefreshState.FAILED });
      const found = await watcher.find(dead);
      expect(found).toMatchObject({ id: dead, failure: { code: 'ABANDONED' } });
      expect(found?.phases.every(({ state }) => state === PhaseState.SKIPPED)).toBe(true);
      expect(await watcher.find(dead)).toEqual(found);
      expect(await watcher.running()).toBeNull();
    });

    it('one that is too late to take over gets the report of the one that did, even when that has ended', async () => {
      await abandon(database);
      const connected = await testDatabase.connect();
      const lease = new RefreshLease(connected, TIMES);
      const dead = await lease.read();
      const { id } = await (await process()).start().done;
      const { report } = new RunningReport({ startedBy: 'late', dryRun: false });
      const held = await lease.acquire(report, dead, () => undefined).catch((error) => error);
      expect(held).toBeInstanceOf(LeaseHeldError);
      const reports: Refresh[] = [];
      const ended = await lease.follow(held.row, new AbortController().signal, (it) => reports.push(it));
      expect(ended).toBeNull();
      expect(reports.at(-1)).toMatchObject({ id, state: RefreshState.SUCCEEDED });
    });

    it('one takes over when the clock of the dead one was ahead', async () => {
      await abandon(database, '2099-01-01 00:00:00.000');
      expect(await (await process()).start().done).toMatchObject({ state: RefreshState.SUCCEEDED });
    });

    it('one that was taken for dead writes nothing', async () => {
      // It never gives a sign of life: as if it had been stopped for longer than the lease lasts.
      const sleeper = await process({ times: { ...LEASE_TIMES, beatMs: 100_000 } });
      upstream.answer('world-bank', late(3_500), late(0));
      const sleeping = sleeper.start();
      await sleeping.ready;
      const winner = await (await process()).start().done;
      expect(winner.joined).toBe(false);
      const before = await dataIn(database);
      await expect(sleeping.done).rejects.toMatchObject({ code: 'REFRESH_TAKEN_OVER' });
      expect(await dataIn(database)).toEqual(before);
      expect(await sleeper.find(sleeping.report.id)).toMatchObject({ state: RefreshState.FAILED });
    });

    it('a dry run waits for no other, and no other joins it', async () => {
      upstream.answer('restcountries-v3', late(300));
      const one = await process();
      const [dry, real] = await Promise.all([one.start({ dryRun: true }).done, one.start().done]);
      expect(dry).toMatchObject({ dryRun: true, inserted: 250, joined: false });
      expect(real).toMatchObject({ dryRun: false, inserted: 250, joined: false });
      expect(await one.find(dry.id)).toMatchObject({ dryRun: true, state: RefreshState.SUCCEEDED });
    });

    it.each(['nobody', '\0', 'a b', 'x'.repeat(100_000), "' or 1 = 1 --"])('none knows a refresh %j', async (id) => {
      expect(await (await process()).find(id)).toBeNull();
    });

    describe('a refresh that is cancelled', () => {
      it('leaves nothing behind but its report', async () => {
        const one = await process();
        await one.start().done;
        const before = await dataIn(database);
        upstream.answer('restcountries-v3', silence());
        const { ready, done } = one.start();
        const { id } = await ready;
        expect(await one.cancel(id)).toMatchObject({ id, state: RefreshState.CANCELLED });
        await expect(done).rejects.toMatchObject({ code: 'REFRESH_CANCELLED' });
        expect(await dataIn(database)).toEqual(before);
        expect(await one.newest(1)).toMatchObject([{ id, failure: { code: 'REFRESH_CANCELLED' } }]);
        upstream.restore();
        expect(await one.start().done).toMatchObject({ state: RefreshState.SUCCEEDED, joined: false });
      });

      it('keeps the progress that it had made', async () => {
        const one = await process();
        for (const route of ['restcountries-v3', 'currency-api', 'world-bank'] as const)
          upstream.answer(route, silence());
        const { id } = await one.start().ready;
        expect(await one.cancel(id)).toMatchObject({ id, progress: 0 });
      });

      it('may be one of another process', async () => {
        const [one, other] = [await process(), await process()];
        upstream.answer('restcountries-v3', silence());
        const { ready, done } = one.start();
        const { id } = await ready;
        const joined = other.start();
        await joined.ready;
        const cancelled = await other.cancel(id);
        expect(cancelled).toMatchObject({ id, state: RefreshState.CANCELLED, durationMs: expect.any(Number) });
        expect(cancelled.phases.filter(({ state }) => !hasEnded(state))).toEqual([]);
        await expect(done).rejects.toMatchObject({ code: 'REFRESH_CANCELLED' });
        await expect(joined.done).rejects.toMatchObject({ code: 'REFRESH_CANCELLED' });
        // A report that says that it has ended does not change any more.
        for (const each of [one, other]) expect(await each.find(id)).toEqual(cancelled);
        expect((await dataIn(database)).countries).toEqual([]);
      });

      it('may be a dry run', async () => {
        const one = await process();
        upstream.answer('restcountries-v3', silence());
        const { ready, done } = one.start({ dryRun: true });
        expect(await one.cancel((await ready).id)).toMatchObject({ state: RefreshState.CANCELLED });
        await expect(done).rejects.toMatchObject({ code: 'REFRESH_CANCELLED' });
      });

      it('must be running', async () => {
        const one = await process();
        const { id } = await one.start().done;
        await expect(one.cancel(id)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
        await expect(one.cancel('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      });
    });

    it('a process that is closed ends its refresh, and others need not wait', async () => {
      upstream.answer('restcountries-v3', silence());
      const one = await process();
      const { ready, done } = one.start();
      const { id } = await ready;
      await one.close();
      await expect(done).rejects.toMatchObject({ message: 'The process that ran it was stopped' });
      upstream.restore();
      const other = await process();
      expect(await other.running()).toBeNull();
      expect(await other.find(id)).toMatchObject({ state: RefreshState.CANCELLED });
      expect(await other.start().done).toMatchObject({ joined: false });
    });

    it('closing waits no longer than its bound', async () => {
      const one = await process({ closeTimeoutMs: 50, draw: () => new Promise(() => {}) });
      await one.start().done;
      await one.close();
    });
  });
});

/** A lease that its holder has left behind. */
async function abandon(database: Database, renewedAt = '2020-01-01 00:00:00.000'): Promise<string> {
  const id = 'a-dead-refresh';
  const running = new RunningReport({ startedBy: 'the dead', dryRun: false }).report;
  const report = JSON.stringify({ ...running, id, startedAt: '2020-01-01T00:00:00.000Z' });
  await database.kysely
    .updateTable('refresh_lease')
    .set({ holder: id, token: 7, beat: 3, renewed_at: renewedAt, report })
    .execute();
  return id;
}
