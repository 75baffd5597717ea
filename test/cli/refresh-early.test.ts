import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Environment } from '../../src/env.js';
import { settings } from '../app.js';
import { type ChildResult, runChild } from '../child.js';
import { createEmptyDatabase, describeOneDatabase, mostDialects, mostServerDialects, serverUrl } from '../databases.js';
import { startProxy } from '../db/cutting-proxy.js';
import { Program } from '../program.js';
import { program } from '../programs.js';
import * as faults from '../upstream/faults.js';
import { each, ROUTES, serveVersions, timesAsked } from '../upstream/politeness.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

const CLI = program('cli');
let upstream: Upstream;
let folder: string;
let cached: string;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(async () => {
  upstream.restore();
  folder = await mkdtemp(join(inject('testFolder'), 'early-'));
  cached = join(folder, 'sources');
});
afterAll(() => upstream.close());

const environment = (url: string, more: Environment = {}) =>
  settings(upstream, url, { CACHE_DIR: folder, LOG_LEVEL: 'warn', ...more });
const refresh = (url: string, more: Environment = {}, ...args: string[]): Promise<ChildResult> =>
  runChild(CLI, ['refresh', ...args], environment(url, more));

describeOneDatabase('mysql', (open) => {
  describe('a refresh of the command line', () => {
    it('asks each source once, and remembers in the next process what it was sent', async () => {
      serveVersions(upstream);
      const { url } = await open();
      expect(await refresh(url)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(timesAsked(upstream)).toEqual(each(1, 0));
      const second = await refresh(url);
      expect(second).toMatchObject({ exitCode: 0, stderr: '' });
      expect(second.stdout).toMatch(/0 inserted, 0 updated, 250 unchanged/);
      expect(timesAsked(upstream)).toEqual(each(2, 1));
    });

    it('with --force asks for everything, and with --dry-run for what has changed', async () => {
      serveVersions(upstream);
      const { url } = await open();
      await refresh(url);
      expect((await refresh(url, {}, '--force')).exitCode).toBe(0);
      expect(timesAsked(upstream)).toEqual(each(2, 0));
      expect((await refresh(url, {}, '--dry-run')).stdout).toMatch(/^Dry run, nothing written/);
      expect(timesAsked(upstream)).toEqual(each(3, 1));
    });

    it('caches under names that do not reveal the address', async () => {
      serveVersions(upstream);
      const { url } = await open();
      await refresh(url);
      const files = await readdir(cached);
      expect(files).toHaveLength(3);
      for (const file of files) expect(file).toMatch(/^[0-9a-f]{64}\.json\.gz$/);
    });

    it('asks again where a cached body is valid JSON, but not of that source', async () => {
      serveVersions(upstream);
      const { url } = await open();
      await refresh(url);
      for (const file of await readdir(cached)) {
        const response = JSON.parse(gunzipSync(await readFile(join(cached, file))).toString());
        await writeFile(join(cached, file), gzipSync(JSON.stringify({ ...response, body: { foreign: true } })));
      }
      const second = await refresh(url);
      expect(second).toMatchObject({ exitCode: 0, stderr: '' });
      expect(second.stdout).toMatch(/250 unchanged/);
      expect(timesAsked(upstream)).toEqual(each(3, 1));
    });

    it('fills another database with what is cached', async () => {
      serveVersions(upstream);
      await refresh((await open()).url);
      const other = await refresh((await open()).url);
      expect(other).toMatchObject({ exitCode: 0, stderr: '' });
      expect(other.stdout).toMatch(/250 inserted/);
      expect(timesAsked(upstream)).toEqual(each(2, 1));
    });

    it('succeeds where nothing can be cached, and says so in the log', async () => {
      serveVersions(upstream);
      await writeFile(cached, 'a file in place of the folder');
      const { exitCode, stderr } = await refresh((await open()).url);
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/responses of the sources could not be cached/);
    });

    it('does not ask for rates while the source has announced no newer ones', async () => {
      upstream.facts.ratesOn = new Date().toISOString().slice(0, 10);
      const rates = { RATES_SOURCE: 'open-er-api', RATES_URL: upstream.urls['open-er-api'] };
      const { url } = await open();
      await refresh(url, rates);
      expect((await refresh(url, rates)).exitCode).toBe(0);
      expect(upstream.requests('open-er-api')).toHaveLength(1);
      await refresh(url, rates, '--force');
      expect(upstream.requests('open-er-api')).toHaveLength(2);
    });

    it('counts the time since the sources were asked', async () => {
      upstream.answer('restcountries-v3', faults.late(1_500));
      const { stdout } = await refresh((await open()).url);
      expect(Number(/Refreshed in (\d+) ms/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(1_490);
    });

    it('joins that of another process, and cancels its own requests', async () => {
      const gates = ROUTES.map((route) => {
        const gate = faults.held();
        upstream.answer(route, gate.handler);
        return gate;
      });
      const { url } = await open();
      const first = new Program(CLI, ['refresh'], environment(url, { LOG_LEVEL: 'info' }));
      await first.logged(/"refresh started"/);
      const second = new Program(CLI, ['refresh'], environment(url, { LOG_LEVEL: 'info' }));
      await second.logged(/"joined":true/);
      // They may not even have been sent.
      await expect.poll(() => upstream.requests('world-bank')[1]?.socket.destroyed ?? true).toBe(true);
      for (const gate of gates) gate.open();
      expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
      await second.logged(/Refreshed by another process/, 0);
      for (const [times] of timesAsked(upstream)) expect(times).toBeLessThanOrEqual(2);
    });

    it('leaves a database of a newer version as it is', async () => {
      for (const route of ROUTES) upstream.answer(route, faults.silence());
      const { url, database } = await open();
      const future = { name: '9999-future', timestamp: '2030-01-01' };
      await database.kysely
        .insertInto('kysely_migration' as never)
        .values(future as never)
        .execute();
      const { exitCode, stderr } = await refresh(url);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^country-exchange: .* belongs to a newer version .*9999-future.*\n$/);
      const lease = await database.kysely.selectFrom('refresh_lease').select('holder').executeTakeFirst();
      expect(lease).toEqual({ holder: '' });
      expect(await database.kysely.selectFrom('refreshes').selectAll().execute()).toEqual([]);
    });
  });
});

describe.each(mostDialects)('several refreshes of the command line that start together on %s', (dialect) => {
  it('succeed where there are no tables yet', { timeout: 120_000 }, async () => {
    for (let round = 0; round < Number(process.env.ROUNDS ?? 2); round++) {
      const { url, drop } = await createEmptyDatabase(dialect);
      const results = await Promise.all([1, 2, 3].map(() => refresh(url)));
      expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(3).fill([0, '']));
      await drop();
    }
  });
});

describe('a refresh of the command line that cannot begin', () => {
  it.each([
    ['DATABASE_URL', 'mysql://u:s3cret@127.0.0.1:9/db', /^country-exchange: Nothing listens at 127.*\n$/],
    ['DATABASE_URL', 'postgres://u:s3cret@127.0.0.1:9/db', /^country-exchange: Nothing listens at 127.*\n$/],
    ['DATABASE_URL', 'sqlite:/proc/x/y.db', /^country-exchange: .*\/proc\/x\/y\.db cannot be created.*\n$/],
  ])('cancels its requests: %s=%s', async (name, value, line) => {
    for (const route of ROUTES) upstream.answer(route, faults.silence());
    const { exitCode, stderr } = await refresh('', { [name]: value });
    expect(stderr).toMatch(line);
    expect(exitCode).toBe(1);
    for (const route of ROUTES) {
      const [request] = upstream.requests(route);
      if (request) await expect.poll(() => request.socket.destroyed).toBe(true);
    }
  });

  it.each([
    ['DATABASE_URL', 'oracle://h', /^country-exchange: DATABASE_URL is "oracle.*\n$/],
    ['DATABASE_URL', 'mysql://h', /^country-exchange: DATABASE_URL "mysql:\/\/h" names no database.*\n$/],
    ['DATABASE_URL', 'sqlite://x.db', /^country-exchange: DATABASE_URL is "sqlite:\/\/x.db".*\n$/],
    ['DATABASE_URL', 'postgres://u:p@a,b/db', /^country-exchange: DATABASE_URL .* names several hosts.*\n$/],
    ['DATABASE_URL', 'mysql://u:p@h/db?ssl-mode=x', /^country-exchange: DATABASE_URL .*ssl-mode.*\n$/],
    ['API_TIMEOUT', 'long', /^country-exchange: API_TIMEOUT is "long".*\n$/],
    ['CACHE_DIR', '/proc/x/y', /^country-exchange: CACHE_DIR: cannot write to \/proc\/x\/y .*\n$/],
  ])('asks no source: %s=%s', async (name, value, line) => {
    const { exitCode, stderr } = await refresh(`sqlite:${join(folder, 'x.db')}`, { [name]: value });
    expect(stderr).toMatch(line);
    expect(exitCode).toBe(1);
    expect(timesAsked(upstream)).toEqual(each(0, 0));
    await expect(stat(join(folder, 'x.db'))).rejects.toThrow();
  });

  const unanswered = mostServerDialects.flatMap((dialect) => [
    ['just asked', 0, dialect] as const,
    ['waited for', 1_500, dialect] as const,
  ]);
  it.each(unanswered)(
    'ends at a signal while the database does not answer: the sources are %s',
    async (_, afterMs, dialect) => {
      for (const route of ROUTES) upstream.answer(route, faults.silence());
      const address = new URL(serverUrl(dialect, { database: 'never_reached' }));
      const proxy = await startProxy(Number(address.port));
      proxy.freeze();
      address.port = String(proxy.port);
      const running = new Program(CLI, ['refresh'], environment(address.href));
      await expect.poll(() => timesAsked(upstream), { timeout: 10_000 }).toEqual(each(1, 0));
      await sleep(afterMs);
      const stoppedAt = performance.now();
      expect(await running.stop()).toBe(1);
      expect(performance.now() - stoppedAt).toBeLessThan(6_000);
      await running.logged(/^country-exchange: The process that ran it was stopped\n$/, 0);
      await proxy.close();
    },
  );
});
