import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { settings } from '../app.js';
import { createClient } from '../client/client.js';
import { describeMostDatabases, describeOneDatabase } from '../databases.js';
import { processesWith } from '../processes.js';
import { Program } from '../program.js';
import { program } from '../programs.js';
import { silence } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

const SERVER = program('index');
const COMMAND_LINE = program('cli');

describe('SIGTERM while a source is silent', () => {
  let upstream: Upstream;
  let folder: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.answer('restcountries-v3', silence());
    folder = await mkdtemp(join(tmpdir(), 'country-exchange-stop-'));
  });
  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true });
  });

  describeOneDatabase('mysql', (open) => {
    const environment = (url: string) => ({
      ...settings(upstream, url, { CACHE_DIR: folder, API_TIMEOUT: '60', LOG_LEVEL: 'info' }),
      PORT: '0',
      REFRESH_ON_START: 'never',
    });

    it('ends the refresh of a server, tells the waiting caller, and leaves the lease free', async () => {
      const { database, url } = await open();
      const server = new Program(SERVER, [], environment(url));
      const [address = ''] = await server.logged(/http:\/\/[\d.:]+\/graphql/);
      const answer = createClient(address).post('mutation { refreshCountries { id } }');
      await server.logged(/"refresh started"/);
      const stoppedAt = performance.now();
      expect(await server.stop()).toBe(0);
      expect(performance.now() - stoppedAt).toBeLessThan(15_000);
      const { errors } = await answer;
      expect(errors[0]?.extensions?.code).toBe('REFRESH_CANCELLED');
      expect(await left(database)).toEqual({ holder: '', states: ['CANCELLED'], countries: 0 });
    });

    it('ends the first refresh of a server that does not serve yet', async () => {
      const { database, url } = await open();
      const first = { ...environment(url), REFRESH_ON_START: 'when-empty' };
      const server = new Program(SERVER, [], first);
      await server.logged(/"refresh started"/);
      const stoppedAt = performance.now();
      expect(await server.stop()).toBe(0);
      expect(performance.now() - stoppedAt).toBeLessThan(10_000);
      await expect(server.logged(/"serving"/, 0)).rejects.toThrow();
      expect(await left(database)).toEqual({ holder: '', states: ['CANCELLED'], countries: 0 });
      await expect.poll(() => processesWith(folder)).toEqual([]);
    });

    it('ends the refresh of a command line, which fails', async () => {
      const { database, url } = await open();
      const commandLine = new Program(COMMAND_LINE, ['refresh'], environment(url));
      await commandLine.logged(/"refresh started"/);
      await sleep(100);
      expect(await commandLine.stop()).toBe(1);
      expect(await left(database)).toEqual({ holder: '', states: ['CANCELLED'], countries: 0 });
    });
  });
});

describe('SIGTERM while another transaction holds the lease and does not end', () => {
  describeMostDatabases((open) => {
    it.each([
      ['server', 26_000],
      ['command line', 12_000],
    ] as const)('ends a %s within %d ms', async (which, withinMs) => {
      const upstream = await startUpstream();
      const folder = await mkdtemp(join(tmpdir(), 'country-exchange-stop-'));
      const { database, url } = await open();
      const unlock = await lockLease(database);
      const isServer = which === 'server';
      const started = new Program(isServer ? SERVER : COMMAND_LINE, isServer ? [] : ['refresh'], {
        ...settings(upstream, url, { CACHE_DIR: folder, LOG_LEVEL: 'info' }),
        PORT: '0',
      });
      await expect.poll(() => upstream.requests('currency-api').length, { timeout: 15_000 }).toBe(1);
      await sleep(500);
      const stoppedAt = performance.now();
      await started.stop();
      expect(performance.now() - stoppedAt).toBeLessThan(withinMs);
      await unlock();
      await upstream.close();
      await rm(folder, { recursive: true });
    });
  });
});

/** Until the returned function is called. */
async function lockLease({ kysely }: Database): Promise<() => Promise<void>> {
  let unlock = () => {};
  const unlocked = new Promise<void>((resolve) => {
    unlock = resolve;
  });
  let ended: Promise<void> | undefined;
  await new Promise<void>((locked) => {
    ended = kysely.transaction().execute(async (transaction) => {
      await transaction.updateTable('refresh_lease').set({ cancelled: 'locked' }).execute();
      locked();
      await unlocked;
    });
  });
  return async () => {
    unlock();
    await ended;
  };
}

describe('SIGTERM when the first refresh has just stored its data', () => {
  describeOneDatabase('mysql', (open) => {
    it('lets it end, with its picture, and leaves no process behind', async () => {
      const upstream = await startUpstream();
      const folder = await mkdtemp(join(tmpdir(), 'country-exchange-stop-'));
      const { database, url } = await open();
      const server = new Program(SERVER, [], {
        ...settings(upstream, url, { CACHE_DIR: folder, LOG_LEVEL: 'info' }),
        PORT: '0',
      });
      await server.logged(/"refresh done"/);
      expect(await server.stop()).toBe(0);
      expect(await left(database)).toEqual({ holder: '', states: ['SUCCEEDED'], countries: 250 });
      expect((await readdir(folder)).sort()).toEqual(['sources', expect.stringMatching(/^summary-.*\.png$/)]);
      await expect.poll(() => processesWith(folder)).toEqual([]);
      await upstream.close();
      await rm(folder, { recursive: true });
    });
  });
});

async function left({ kysely }: Database) {
  const [lease, reports, countries] = await Promise.all([
    kysely.selectFrom('refresh_lease').select('holder').executeTakeFirst(),
    kysely.selectFrom('refreshes').select('state').execute(),
    kysely.selectFrom('countries').select('code').execute(),
  ]);
  return {
    holder: lease?.holder,
    states: reports.map(({ state }) => state),
    countries: countries.length,
  };
}
