import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Environment } from '../src/env.js';
import { settings } from './app.js';
import { runChild } from './child.js';
import { createEmptyDatabase, mysqlUrl, oneDialect, testDialects } from './databases.js';
import { processesWith } from './processes.js';
import { program } from './programs.js';
import * as faults from './upstream/faults.js';
import { startUpstream, type Upstream } from './upstream/upstream.js';

// The command as it is installed: built.
const execute = promisify(execFile);
const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', LOG_LEVEL: 'warn' };
const run = (args: string[], env: Environment = {}) => runChild(program('cli'), args, env);

describe.each(oneDialect('mysql'))('the command line on %s', (dialect) => {
  let upstream: Upstream;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let env: Environment;
  beforeAll(async () => {
    upstream = await startUpstream();
    database = await createEmptyDatabase(dialect);
    const cache = await mkdtemp(join(tmpdir(), 'country-exchange-'));
    env = settings(upstream, database.url, { CACHE_DIR: cache });
  });
  afterAll(async () => {
    await upstream.close();
    await database.drop();
  });

  it('migrates, and again without effect', async () => {
    expect((await run(['migrate'], env)).stdout).toMatch(/applied 0001-first-release/);
    const again = await run(['migrate'], env);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toMatch(/up to date\n$/);
  });

  it('refreshes and draws, then shows the status', async () => {
    const refreshed = await run(['refresh'], env);
    expect(refreshed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(refreshed.stdout).toMatch(/Refreshed in \d+ ms: 250 inserted, 0 updated, 0 unchanged/);
    const status = JSON.parse((await run(['status', '--json'], env)).stdout);
    expect(status).toMatchObject({
      totalCountries: 250,
      bundled: false,
      summaryImageUrl: '/countries/image',
    });
    expect((await run(['status'], env)).stdout).toMatch(/^countries +250$/m);
  });

  it('backfills past days, and says what it cannot', async () => {
    const days = ['--from', '2026-03-01', '--to', '2026-03-03'];
    const filled = await run(['backfill', ...days], env);
    expect(filled).toMatchObject({ exitCode: 0, stderr: '' });
    expect(filled.stdout).toMatch(/^3 days of currency-api stored, 0 were already there, 0 could not be fetched$/m);
    expect((await run(['backfill', ...days], env)).stdout).toMatch(
      /^0 days of currency-api stored, 3 were already there/m,
    );
    expect(await run(['backfill', '--from', 'yesterday'], env)).toMatchObject({
      exitCode: 1,
      stderr: 'country-exchange: "yesterday" is not a date: use YYYY-MM-DD\n',
    });
  });

  it('ends a backfill with the exit code 1 when none of its days could be fetched', async () => {
    upstream.answer('currency-api', faults.status(404));
    const { exitCode, stdout } = await run(['backfill', '--from', '2026-02-01', '--to', '2026-02-02'], env);
    upstream.restore();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^0 days of currency-api stored, 0 were already there, 2 could not be fetched$/m);
  });

  it('ends a backfill with the exit code 2 when some of its days could not be fetched', async () => {
    upstream.answer('currency-api', faults.status(404), faults.good());
    const { exitCode, stdout } = await run(['backfill', '--from', '2026-02-03', '--to', '2026-02-04'], env);
    upstream.restore();
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^1 days of currency-api stored, 0 were already there, 1 could not be fetched$/m);
  });

  it('ends a refresh with the exit code 2 when a source that it can do without fails', async () => {
    upstream.answer('world-bank', faults.status(404));
    const { exitCode, stdout } = await run(['refresh'], env);
    upstream.restore();
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/warning SOURCE_UNAVAILABLE: .*world-bank.*the figures already stored were kept$/m);
    expect((await run(['refresh'], env)).exitCode).toBe(0);
  });

  it('ends the first refresh with the exit code 2 when the bundled data take the place of a source', async () => {
    const empty = await createEmptyDatabase(dialect);
    upstream.answer('restcountries-v3', faults.html());
    const { exitCode, stdout } = await run(['refresh'], { ...env, DATABASE_URL: empty.url });
    upstream.restore();
    await empty.drop();
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/countries: .* \(bundled\)/);
  });

  it('fails with one line and the exit code 1 when a source fails', async () => {
    upstream.answer('restcountries-v3', faults.html());
    const failed = await run(['refresh'], env);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(
      /^country-exchange: External data source unavailable: .*restcountries-v3.*HTML?.*\n$/i,
    );
  });
});

describe('the command line', () => {
  it('prints the schema', async () => {
    const { stdout, exitCode } = await run(['schema']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(await readFile('schema/schema.graphql', 'utf8'));
  });

  it('answers on stdout, and logs to stderr', async () => {
    const folder = await mkdtemp(join(inject('testFolder'), 'status-'));
    const database = { DATABASE_URL: `sqlite:${join(folder, 'x.db')}`, CACHE_DIR: folder };
    const { stdout, stderr } = await run(['refresh'], { ...bundled, ...database, LOG_LEVEL: 'info' });
    expect(stdout).toMatch(/^Refreshed in \d+ ms: 250 inserted/);
    expect(stderr).toMatch(/^(\{.*\}\n)*\{.*"msg":"database migrated"\}\n(\{.*\}\n)*$/);
    const status = await run(['status', '--json'], database);
    expect(JSON.parse(status.stdout)).toMatchObject({ totalCountries: 250 });
  });

  it('says in its status when a database lacks the tables of this version', async () => {
    const folder = await mkdtemp(join(inject('testFolder'), 'status-'));
    await writeFile(join(folder, 'x.db'), '');
    const { stderr, exitCode } = await run(['status'], { DATABASE_URL: `sqlite:${join(folder, 'x.db')}` });
    expect(stderr).toMatch(/^country-exchange: .*x\.db lacks tables of this version: run .*migrate"\n$/);
    expect(exitCode).toBe(1);
  });

  it('says in a wrong folder that there is no database, and creates nothing', async () => {
    const folder = await mkdtemp(join(inject('testFolder'), 'status-'));
    const env = { PATH: process.env.PATH };
    const wrong = execute(process.execPath, [fileURLToPath(program('cli')), 'status'], { cwd: folder, env });
    await expect(wrong).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^country-exchange: There is no database .*\/data\/country-exchange\.db: .*\n$/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends with npm start when that gets SIGTERM, and npm waits for it', async () => {
    const folder = await mkdtemp(join(inject('testFolder'), 'npm-'));
    const env = { ...bundled, DATABASE_URL: `sqlite:${join(folder, 'x.db')}`, CACHE_DIR: folder };
    const { PATH, HOME } = process.env;
    const npm = spawn('npm', ['start', '--ignore-scripts'], {
      cwd: inject('builtPackage'),
      env: { PATH, HOME, ...env, PORT: '0', LOG_LEVEL: 'info' },
    });
    let log = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await expect.poll(() => log, { timeout: 15_000 }).toMatch(/countries\/image/);
    npm.kill('SIGTERM');
    await once(npm, 'close');
    expect(log).toMatch(/"msg":"stopped"/);
    const left = (await processesWith(folder)).filter((name) => name.includes('dist/index.js'));
    expect(left).toEqual([]);
  });

  it('notices a taken port before anything is fetched or created', async () => {
    const upstream = await startUpstream();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const folder = await mkdtemp(join(inject('testFolder'), 'port-'));
    const env = settings(upstream, `sqlite:${join(folder, 'x.db')}`, {
      CACHE_DIR: folder,
      PORT: String(port),
    });
    const { stderr, exitCode } = await run(['serve'], env);
    expect(stderr).toBe(`country-exchange: Cannot listen on 127.0.0.1:${port}: EADDRINUSE; set HOST or PORT\n`);
    expect(exitCode).toBe(1);
    expect(upstream.requests('restcountries-v3')).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    other.close();
    await upstream.close();
  });

  it('explains itself', async () => {
    const { stdout } = await run(['--help']);
    for (const command of ['serve', 'refresh', 'status', 'migrate', 'schema']) expect(stdout).toContain(`  ${command}`);
  });

  it.each([
    [{ PORT: 'abc' }, /^country-exchange: PORT is "abc"; it must be a whole number from 0 to 65535\n$/],
    [{ HOST: 'my server', ...bundled }, /^country-exchange: Cannot listen on "my server": .* set HOST\n$/],
    [{ CACHE_DIR: '/proc/x/y' }, /^country-exchange: CACHE_DIR: cannot write to \/proc\/x\/y \(E\w+\)\n$/],
    [{ DATABASE_URL: 'sqlite:/proc/x/y.db' }, /^country-exchange: .*\/proc\/x\/y\.db cannot be created.*\n$/],
    [{ DATABASE_URL: 'oracle://h' }, /^country-exchange: DATABASE_URL is "oracle:\/\/h".*\n$/],
    [{ DATABASE_URL: 'sqlite:/dev/null/x.db' }, /^country-exchange: .*\/dev\/null.*\n$/],
    [{ DATABASE_URL: 'mysql://u:s3cret@127.0.0.1:9/db' }, /^country-exchange: (?!.*s3cret).*127\.0\.0\.1:9.*\n$/],
  ])('stops at once with one line for %j', async (env, line) => {
    const folder = await mkdtemp(join(inject('testFolder'), 'serve-'));
    const usable = { DATABASE_URL: `sqlite:${join(folder, 'x.db')}`, CACHE_DIR: folder };
    const { stderr, exitCode } = await run(['serve'], { ...usable, ...env });
    expect(stderr).toMatch(line);
    expect(exitCode).toBe(1);
  });

  it.runIf(testDialects.includes('mysql')).each([
    ['a wrong password', { database: 'information_schema', password: 'wr0ng' }, /password/i],
    ['a missing database', { database: 'no_such_database' }, /no_such_database/],
  ])('stops at once with one line for %s', async (_, parts, line) => {
    const { stderr, exitCode } = await run(['status'], { DATABASE_URL: mysqlUrl(parts) });
    expect(stderr).toMatch(/^country-exchange: [^\n]*\n$/);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('wr0ng');
    expect(exitCode).toBe(1);
  });
});
