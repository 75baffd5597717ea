import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { PhaseName, PhaseState } from '../../src/refresh/phases.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { createPictureStore } from '../../src/summary/image-store.js';
import { settings } from '../app.js';
import { runChild } from '../child.js';
import { program } from '../programs.js';
import { late, silence } from '../upstream/faults.js';
import type { Fault } from './fault.js';
import { failed, outcomeOf } from './stage.js';

const CHILD = program('die-in-phase');

function killed(phase: PhaseName, when: string, data: Fault['data']): Fault {
  return {
    part: 'process',
    name: `kill -9 ${when}`,
    done: `the process kills itself when ${phase} begins; another one refreshes next`,
    data,
    sees: /SIGKILL/,
    async hit({ upstream, testDatabase: { url }, cacheDir }) {
      if (phase === PhaseName.FETCH_RATES) upstream.answer('restcountries-v3', late(5_000));
      const { signal } = await runChild(CHILD, [phase], settings(upstream, url, { CACHE_DIR: cacheDir }));
      return `the process has ended: ${signal}`;
    },
  };
}

export const processFaults: Fault[] = [
  killed(PhaseName.FETCH_RATES, 'while the sources are being asked', 'before'),
  killed(PhaseName.MERGE, 'while the answers are merged', 'before'),
  killed(PhaseName.STORE, 'while the data are written', 'either'),
  killed(PhaseName.DRAW, 'while the picture is drawn', 'after'),
  {
    part: 'process',
    name: 'kill -9 while the picture is written',
    done: 'the process kills itself after it has begun the file; another one refreshes a minute later',
    data: 'after',
    sees: /SIGKILL/,
    async hit({ upstream, testDatabase: { url }, cacheDir }) {
      const { signal } = await runChild(CHILD, ['PICTURE'], settings(upstream, url, { CACHE_DIR: cacheDir }));
      await letAMinutePass(cacheDir);
      return `the process has ended: ${signal}`;
    },
  },
  {
    part: 'process',
    name: 'Stopped by SIGTERM',
    done: 'the process closes everything while a source is silent',
    data: 'before',
    sees: /REFRESH_CANCELLED: The process that ran it was stopped/,
    async hit({ upstream, attempt }) {
      upstream.answer('restcountries-v3', silence());
      const { refreshes } = await attempt();
      const outcome = outcomeOf(refreshes);
      await sleep(100);
      await refreshes.close();
      return outcome;
    },
  },
  {
    part: 'process',
    name: 'Cancelled while the sources are being asked',
    done: 'cancelRefresh while a source is silent',
    data: 'before',
    sees: /REFRESH_CANCELLED/,
    async hit({ upstream, attempt }) {
      upstream.answer('restcountries-v3', silence());
      const { refreshes } = await attempt();
      const { ready, done } = refreshes.start();
      const outcome = done.then(() => 'SUCCEEDED', failed);
      await refreshes.cancel((await ready).id);
      return outcome;
    },
  },
  {
    part: 'process',
    name: 'Cancelled while the data are written',
    done: 'cancelRefresh at the moment of writing',
    data: 'either',
    sees: /REFRESH_CANCELLED|^SUCCEEDED/,
    async hit({ attempt }) {
      const { refreshes } = await attempt();
      let cancelling: Promise<unknown> | undefined;
      onPhase(refreshes, PhaseName.STORE, ({ id }) => {
        cancelling = refreshes.cancel(id).catch(() => undefined);
      });
      const saw = await outcomeOf(refreshes);
      await cancelling;
      return saw;
    },
  },
  {
    part: 'process',
    name: 'Lease holder dead',
    done: 'a process left its lease behind an hour ago',
    data: 'after',
    sees: /^SUCCEEDED$/,
    async hit({ testDatabase: { database }, attempt }) {
      await leaveLease(database, '2020-01-01 00:00:00.000');
      return (await attempt()).outcome();
    },
  },
  {
    part: 'process',
    name: 'Clock of the database set back',
    done: 'the lease of a dead process has a heartbeat from the future',
    data: 'after',
    sees: /^SUCCEEDED$/,
    async hit({ testDatabase: { database }, attempt }) {
      await leaveLease(database, '2099-01-01 00:00:00.000');
      return (await attempt()).outcome();
    },
  },
  {
    part: 'process',
    name: 'Clock of the process set back',
    done: 'it is 2015 for the process, and the rates seem to be dated in the future',
    data: 'before',
    sees: /dated in the future/,
    async hit({ attempt }) {
      const { refreshes } = await attempt();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2015-01-01T00:00:00Z') });
      try {
        return await outcomeOf(refreshes);
      } finally {
        vi.useRealTimers();
      }
    },
  },
  {
    part: 'process',
    name: 'Taken for dead',
    done: 'another process takes the lease while the sources are being asked, as after a long pause',
    data: 'before',
    sees: /REFRESH_TAKEN_OVER/,
    async hit({ upstream, testDatabase: { database }, attempt }) {
      upstream.answer('restcountries-v3', late(300));
      const { refreshes } = await attempt({
        options: { times: { expiryMs: 60_000, beatMs: 60_000, pollMs: 50 } },
      });
      const { ready, done } = refreshes.start();
      await ready;
      await leaveLease(database, '2020-01-01 00:00:00.000');
      return done.then(() => 'SUCCEEDED', failed);
    },
  },
  {
    part: 'picture',
    name: 'Picture folder cannot be written',
    done: 'a file is where the folder of the picture should be',
    data: 'after',
    sees: /^SUCCEEDED, .*PICTURE_FAILED/,
    hit: async ({ attempt }) => {
      const folder = await mkdtemp(join(tmpdir(), 'country-exchange-fault-'));
      await writeFile(join(folder, 'file'), '');
      const store = createPictureStore(join(folder, 'file', 'cache'));
      const saw = await drawnBy(attempt, () => store.write('1', Buffer.from('png')));
      await rm(folder, { recursive: true });
      return saw;
    },
  },
  {
    part: 'picture',
    name: 'Disk full for the picture',
    done: 'the device has no space left for the picture',
    data: 'after',
    sees: /^SUCCEEDED, .*PICTURE_FAILED/,
    hit: ({ attempt }) => drawnBy(attempt, () => writeFile('/dev/full', Buffer.alloc(100_000))),
  },
];

/** For the files that are there. */
async function letAMinutePass(folder: string): Promise<void> {
  const then = new Date(Date.now() - 61_000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), then, then);
}

/** The warning about the picture comes after the end, so it is read from the stored report. */
async function drawnBy(attempt: Parameters<Fault['hit']>[0]['attempt'], draw: () => Promise<unknown>): Promise<string> {
  const { refreshes } = await attempt({ options: { draw } });
  const { id, state } = await refreshes.start().done;
  await refreshes.drawn();
  const report = await refreshes.reports.find(id);
  const codes = report?.warnings.map(({ code }) => code).filter((code) => code !== 'CURRENCY_DIFFERS');
  return `${state}, ${codes?.join(', ')}`;
}

function onPhase(refreshes: RefreshService, name: PhaseName, act: (report: Refresh) => void): void {
  const stop = refreshes.watch((report) => {
    if (report.phases.find((phase) => phase.name === name)?.state !== PhaseState.RUNNING) return;
    stop();
    act(report);
  });
}

async function leaveLease({ kysely }: Database, renewedAt: string): Promise<void> {
  await kysely
    .updateTable('refresh_lease')
    .set((eb) => ({ holder: 'dead', token: eb('token', '+', 1), renewed_at: renewedAt, report: '' }))
    .execute();
}
