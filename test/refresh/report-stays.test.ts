import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PhaseName, PhaseState, RefreshState } from '../../src/refresh/phases.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { startApp, type TestApp } from '../app.js';
import { describeOneDatabase, type TestDatabase } from '../databases.js';
import { held, html } from '../upstream/faults.js';
import { createRefresher } from './refresher.js';

describeOneDatabase('postgres', (open) => {
  let testDatabase: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    testDatabase = await open();
    app = await startApp(testDatabase.url);
  });
  afterEach(() => app.upstream.restore());
  afterAll(() => app.close());

  const refreshes = () => app.context.services.refreshes;
  const phase = (report: Refresh | null | undefined, name: PhaseName) => report?.phases.find((it) => it.name === name);
  /** Everything but the drawing, which comes after the end. */
  const withoutDrawing = (report: Refresh | null) => ({
    ...report,
    phases: report?.phases.filter(({ name }) => name !== PhaseName.DRAW),
  });

  describe('a finished report', () => {
    it('does not change any more, while the picture is drawn and afterwards', async () => {
      const told: Refresh[] = [];
      const stop = refreshes().watch((report) => {
        if (report.state === RefreshState.SUCCEEDED) told.push(report);
      });
      const report = structuredClone(await refreshes().start().done);
      const found = [await refreshes().find(report.id), (await refreshes().newest(1))[0] ?? null];
      await refreshes().drawn();
      stop();
      const stored = await refreshes().reports.find(report.id);
      for (const other of [...told, ...found, stored]) expect(withoutDrawing(other)).toEqual(withoutDrawing(report));
      expect(Date.parse(report.finishedAt ?? '') - Date.parse(report.startedAt)).toBeGreaterThanOrEqual(
        (report.durationMs ?? Number.NaN) - 2,
      );
      expect(phase(report, PhaseName.DRAW)?.state).not.toBe(PhaseState.DONE);
      expect(phase(stored, PhaseName.DRAW)).toMatchObject({
        state: PhaseState.DONE,
        durationMs: expect.any(Number),
      });
    });

    it('has the same times for another process, at any moment', async () => {
      const other = await createRefresher(await testDatabase.connect(), app.upstream);
      const { id, finishedAt, durationMs } = await refreshes().start().done;
      const atOnce = await other.find(id);
      await refreshes().drawn();
      const later = await other.find(id);
      for (const report of [atOnce, later]) expect(report).toMatchObject({ finishedAt, durationMs });
      await other.close();
    });

    it('of a failure stays as it is when a source answers late', async () => {
      const gate = held();
      app.upstream.answer('world-bank', gate.handler);
      app.upstream.answer('restcountries-v3', html());
      const { report, done } = refreshes().start();
      await expect(done).rejects.toThrow();
      const ended = structuredClone(report);
      gate.open();
      await sleep(100);
      expect(report).toEqual(ended);
      expect(await refreshes().find(report.id)).toEqual(ended);
      expect(ended.phases.map(({ state }) => state)).not.toContain(PhaseState.RUNNING);
    });
  });

  it('a dry run skips the writing and the drawing', async () => {
    const report = await refreshes().start({ dryRun: true }).done;
    expect(phase(report, PhaseName.STORE)?.state).toBe(PhaseState.SKIPPED);
    expect(phase(report, PhaseName.DRAW)?.state).toBe(PhaseState.SKIPPED);
  });

  it('a refresh that fails leaves the data version as it was, and one that succeeds increments it once', async () => {
    const version = async () => {
      const { kysely } = testDatabase.database;
      return (await kysely.selectFrom('data_version').select('version').executeTakeFirstOrThrow()).version;
    };
    await refreshes().drawn();
    const before = await version();
    app.upstream.answer('restcountries-v3', html());
    await expect(refreshes().start().done).rejects.toThrow();
    expect(await version()).toBe(before);
    app.upstream.restore();
    await refreshes().start().done;
    await refreshes().drawn();
    expect(await version()).toBe(before + 1);
  });

  it('reports every step while it runs', async () => {
    const told: Refresh[] = [];
    const stop = refreshes().watch((report) => told.push(report));
    await refreshes().start().done;
    await refreshes().drawn();
    stop();
    const ended = (name: PhaseName) => told.findIndex((report) => phase(report, name)?.state === PhaseState.DONE);
    const steps = [PhaseName.FETCH_COUNTRIES, PhaseName.MERGE, PhaseName.STORE, PhaseName.DRAW].map(ended);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.every((at) => at >= 0)).toBe(true);
    const shares = told.map(({ progress }) => progress);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    // What the merge has found is reported before the data are stored.
    expect(told.find(({ received }) => received === 250)?.state).toBe(RefreshState.RUNNING);
  });

  it('lets queries see the new data as soon as it is done', async () => {
    const { snapshots } = app.context.services;
    const before = await snapshots.version();
    const seen: unknown[] = [];
    const stop = refreshes().watch(({ state }) => {
      if (state === RefreshState.SUCCEEDED) seen.push(snapshots.version());
    });
    await refreshes().start().done;
    stop();
    expect(await snapshots.version()).not.toBe(before);
    expect(seen.length).toBeGreaterThan(0);
    expect(await Promise.all(seen)).not.toContain(before);
  });
});
