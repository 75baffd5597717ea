import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import type { Database } from '../../src/db/database.js';
import { RefreshState } from '../../src/refresh/phases.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import { beginRefresh, type RefreshKind } from '../../src/refresh/run-refresh.js';
import { createSources, type Sources } from '../../src/sources/sources.js';
import { createEmptyDatabase, describeMostDatabases, type TestDatabase } from '../databases.js';
import { held, late } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { configFor, createRefresher } from './refresher.js';

const KIND: RefreshKind = { dryRun: false, force: false, startedBy: 'command line' };

/** What a new process does: its tables may have to be migrated first. */
describe('a refresh that starts before the tables are known to be up to date', () => {
  describeMostDatabases((open, dialect) => {
    let upstream: Upstream;
    let sources: Sources;
    let testDatabase: TestDatabase;
    let database: Database;
    let service: RefreshService;

    beforeAll(async () => {
      upstream = await startUpstream();
      sources = createSources(configFor(upstream).sources);
    });
    beforeEach(async () => {
      upstream.restore();
      testDatabase = await open();
      ({ database } = testDatabase);
      service = await createRefresher(database, upstream, {}, { sources });
    });
    afterEach(() => service.close());
    afterAll(async () => {
      await sources.close();
      await upstream.close();
    });

    const holder = async () =>
      (await database.kysely.selectFrom('refresh_lease').select('holder').execute())[0]?.holder;
    const pending = () => {
      let settle = { resolve: (_: boolean) => {}, reject: (_: Error) => {} };
      const promise = new Promise<boolean>((resolve, reject) => {
        settle = { resolve, reject };
      });
      return { promise, ...settle };
    };
    const start = (wereUpToDate: Promise<boolean>, kind = KIND, on = service) => {
      const begun = beginRefresh(sources, kind);
      return { id: begun.progress.report.id, starting: on.startEarly(kind, begun, wereUpToDate) };
    };

    it('takes the lease meanwhile, and goes on when they are', async () => {
      const migrations = pending();
      const { id, starting } = start(migrations.promise);
      await expect.poll(holder).toBe(id);
      migrations.resolve(true);
      const { done } = await starting;
      expect(await done).toMatchObject({ id, state: RefreshState.SUCCEEDED, inserted: 250 });
      expect(await holder()).toBe('');
    });

    it('gives the lease back when the database cannot be used, and reports nothing there', async () => {
      const migrations = pending();
      const { id, starting } = start(migrations.promise);
      await expect.poll(holder).toBe(id);
      migrations.reject(new Error('belongs to a newer version'));
      await expect(starting).rejects.toThrow('belongs to a newer version');
      expect(await holder()).toBe('');
      expect(await database.kysely.selectFrom('refreshes').select('id').execute()).toEqual([]);
    });

    it('reads again what had to be migrated', async () => {
      const migrations = pending();
      const { id, starting } = start(migrations.promise);
      await expect.poll(holder).toBe(id);
      const removed = { code: 'CH', name: 'Switzerland', removed_at: '2026-01-01 00:00:00.000' };
      await database.writeAtomically(database.upsert('removed_countries', [removed], ['code'], 1));
      migrations.resolve(false);
      const { done } = await starting;
      expect(await done).toMatchObject({ id, inserted: 249, excluded: 1 });
    });

    it('succeeds in several processes at once where there were no tables, whichever of them makes the tables', async () => {
      const empty = await createEmptyDatabase(dialect);
      const options = { url: empty.url, caFile: undefined, poolSize: 10, maxOverflow: 0 };
      const databases = await Promise.all([1, 2, 3].map(() => connectDatabase(options)));
      const refreshers = await Promise.all(databases.map((it) => createRefresher(it, upstream, {}, { sources })));
      const handles = databases.map(async (it, at) => {
        let wereUpToDate = true;
        const migrated = it.migrate(() => {
          wereUpToDate = false;
        });
        return start(
          migrated.then(() => wereUpToDate),
          KIND,
          refreshers[at],
        ).starting;
      });
      const reports = await Promise.all(handles.map(async (handle) => (await handle).done));
      expect(reports.map(({ state }) => state)).toEqual(Array(3).fill(RefreshState.SUCCEEDED));
      await Promise.all(refreshers.map((it) => it.close()));
      await Promise.all(databases.map((it) => it.close()));
      await empty.drop();
    });

    it('joins the one that is running', async () => {
      upstream.answer('restcountries-v3', late(600));
      const other = await createRefresher(await testDatabase.connect(), upstream);
      const { id } = await other.start().ready;
      const { done } = await start(Promise.resolve(true)).starting;
      expect(await done).toMatchObject({ id, joined: true, state: RefreshState.SUCCEEDED });
      await other.close();
    });

    it('takes no lease as a dry run', async () => {
      const migrations = pending();
      const gate = held();
      upstream.answer('restcountries-v3', gate.handler);
      const { starting } = start(migrations.promise, { ...KIND, dryRun: true });
      migrations.resolve(true);
      const { done } = await starting;
      expect(await holder()).toBe('');
      gate.open();
      expect(await done).toMatchObject({ dryRun: true, inserted: 250 });
    });
  });
});
