import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { RefreshState } from '../../src/refresh/phases.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { RefreshReports } from '../../src/refresh/repository.js';
import { describeEachDatabase } from '../databases.js';
import { status } from '../upstream/faults.js';
import { startUpstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';

describe('the reports of past refreshes', () => {
  describeEachDatabase((open) => {
    let database: Database;
    beforeEach(async () => {
      ({ database } = await open());
    });

    const stored = async () => {
      const rows = await database.kysely.selectFrom('refreshes').select('id').orderBy('id').execute();
      return rows.map(({ id }) => id);
    };

    it('are kept up to the number that is set, the newest ones', async () => {
      const reports = new RefreshReports(database, 3);
      for (let minute = 1; minute <= 5; minute += 1) await reports.save(report(minute));
      await reports.prune();
      expect(await stored()).toEqual(['at-03', 'at-04', 'at-05']);
      await reports.prune();
      expect(await stored()).toEqual(['at-03', 'at-04', 'at-05']);
    });

    it('are all kept where there are fewer', async () => {
      const reports = new RefreshReports(database, 3);
      await reports.save(report(1));
      await reports.save(report(2, RefreshState.CANCELLED));
      await reports.prune();
      expect(await stored()).toEqual(['at-01', 'at-02']);
    });

    it('keep the last success among them, however long ago it was', async () => {
      const reports = new RefreshReports(database, 2);
      await reports.save(report(1));
      await reports.save(report(2));
      for (let minute = 3; minute <= 8; minute += 1) await reports.save(report(minute, RefreshState.FAILED));
      await reports.prune();
      expect(await stored()).toEqual(['at-02', 'at-07', 'at-08']);
      expect(await reports.lastSuccess()).toMatchObject({ id: 'at-02' });
    });

    it('are pruned after every refresh, whether it succeeds or fails', async () => {
      const upstream = await startUpstream();
      const refreshes = await createRefresher(database, upstream, {}, { keepReports: 2 });
      const run = async () => {
        const { report, done } = refreshes.start();
        await done.catch(() => undefined);
        await refreshes.drawn();
        return report.id;
      };
      const ids = [await run(), await run(), await run()];
      expect(await stored()).toEqual(ids.slice(1).toSorted());
      upstream.answer('restcountries-v3', status(404));
      const failed = [await run(), await run(), await run()];
      expect(await stored()).toEqual([ids[2], ...failed.slice(1)].toSorted());
      await refreshes.close();
      await upstream.close();
    });
  });
});

function report(minute: number, state = RefreshState.SUCCEEDED): Refresh {
  const at = `2026-10-01T12:0${minute}:00.000Z`;
  return { id: `at-0${minute}`, state, startedAt: at, finishedAt: at } as Refresh;
}
