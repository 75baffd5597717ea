import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { isFresh, RefreshSchedule } from '../../src/refresh/schedule.js';
import { createTestDatabase, type TestDatabase } from '../databases.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';

describe('a schedule', () => {
  let upstream: Upstream;
  let testDatabase: TestDatabase;
  beforeAll(async () => {
    upstream = await startUpstream();
    testDatabase = await createTestDatabase('sqlite');
  });
  afterAll(async () => {
    await testDatabase.remove();
    await upstream.close();
  });

  const scheduled = async (expression: string, random = () => 0) => {
    const refreshes = await createRefresher(testDatabase.database, upstream);
    const logger = pino({ level: 'silent' });
    return { refreshes, schedule: new RefreshSchedule({ expression, refreshes, logger, random }) };
  };

  it('refreshes when it is time, again and again, until it is stopped', async () => {
    const { refreshes, schedule } = await scheduled('* * * * * *');
    schedule.start();
    const ids = new Set<string>();
    const watched = new Promise<void>((resolve) => {
      refreshes.watch(({ id, startedBy }) => {
        expect(startedBy).toBe('schedule');
        ids.add(id);
        if (ids.size === 2) resolve();
      });
    });
    await watched;
    schedule.stop();
    await refreshes.close();
    const { size } = ids;
    await sleep(1_100);
    expect(ids.size).toBe(size);
  });

  it('names the next moment, in UTC and with a random delay', async () => {
    const { refreshes, schedule } = await scheduled('15 6 * * *', () => 0.5);
    expect(schedule.nextAt?.toISOString()).toMatch(/T06:15:00\.000Z$/);
    schedule.start();
    expect(schedule.nextAt?.toISOString()).toMatch(/T06:17:30\.000Z$/);
    schedule.stop();
    await refreshes.close();
  });

  it('skips a refresh when another one was made less than half the interval ago', () => {
    const hourMs = 3_600_000;
    const now = Date.parse('2026-11-22T12:00:00Z');
    expect(isFresh('2026-11-22T11:31:00Z', hourMs, now)).toBe(true);
    expect(isFresh('2026-11-22T11:29:00Z', hourMs, now)).toBe(false);
    expect(isFresh('2026-11-22T13:00:00Z', hourMs, now)).toBe(false);
    expect(isFresh(null, hourMs, now)).toBe(false);
  });

  it('must be valid, or the start stops with the name of the setting', () => {
    expect(() => readConfig({ REFRESH_SCHEDULE: 'every day' })).toThrow(
      /^REFRESH_SCHEDULE is "every day"; it must be a cron expression such as "15 6 \* \* \*" \(/,
    );
    for (const never of ['2026-01-01T00:00:00', '0 0 30 2 *', '0 0 6 * * * 2027', '@daily', '61 * * * *']) {
      expect(() => readConfig({ REFRESH_SCHEDULE: never })).toThrow(
        /^REFRESH_SCHEDULE is .* must be a cron expression/,
      );
    }
    expect(readConfig({ REFRESH_SCHEDULE: '*/10 * * * *' }).refresh.schedule).toBe('*/10 * * * *');
  });
});
