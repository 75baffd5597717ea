import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { openMysqlDialect } from '../../src/db/mysql/mysql-dialect.js';
import { openPostgresDialect } from '../../src/db/postgres/postgres-dialect.js';
import { DatabaseUnavailableError } from '../../src/errors.js';
import { createTestDatabase, describeMostServers, type TestDatabase } from '../databases.js';
import { program } from '../programs.js';
import { type CuttingProxy, startProxy } from './cutting-proxy.js';

const open = { mysql: openMysqlDialect, postgres: openPostgresDialect };

describeMostServers('a %s server that hangs', (dialect) => {
  let test: TestDatabase;
  let proxy: CuttingProxy;
  let url: string;
  beforeEach(async () => {
    test = await createTestDatabase(dialect);
    const far = new URL(test.url);
    proxy = await startProxy(Number(far.port));
    far.port = String(proxy.port);
    url = far.href;
  });
  afterEach(async () => {
    await proxy.close();
    await test.remove();
  });

  function connect({ connectMs = 10_000, readMs = 30_000 } = {}) {
    const options = { url, caFile: undefined, poolSize: 1, maxOverflow: 1 };
    const opened = open[dialect](options, connectMs, { readMs, writeMs: readMs });
    return new Kysely({ dialect: opened.kysely });
  }

  it('is waited for as long as an answer may take; then the connection counts as lost', async () => {
    const kysely = connect({ connectMs: 1_000, readMs: 500 });
    await sql`select 1`.execute(kysely);
    proxy.freeze();
    const failure = await failureOf(sql`select 1`.execute(kysely));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(/was lost \(Query (inactivity|read) timeout\)/);
    // Not the same connection again: the late answer may still arrive on it.
    expect((await failureOf(sql`select 2`.execute(kysely))).message).toMatch(
      /cannot be reached \(ETIMEDOUT\)|does not answer in time/,
    );
    await kysely.destroy();
  });

  it('can be closed while one query is running and a connection is being made', async () => {
    const kysely = connect({ connectMs: 4_000 });
    await sql`select 1`.execute(kysely);
    proxy.freeze();
    const running = failureOf(sql`select 1`.execute(kysely));
    const opening = failureOf(sql`select 1`.execute(kysely));
    await delay(100);
    await kysely.destroy();
    expect((await running).message).toMatch(/was lost/);
    expect((await opening).message).toBe('Pool is closed.');
    // Past the time when the connection would have been made: an error then must have a listener.
    await delay(1_500);
  });

  it('does not keep our server from stopping', async () => {
    const folder = await mkdtemp(join(inject('testFolder'), 'hang-'));
    const server = spawn(process.execPath, [fileURLToPath(program('index'))], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        DATABASE_URL: url,
        CACHE_DIR: folder,
        REFRESH_ON_START: 'never',
        QUERY_TIMEOUT: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    let said = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (said += text));
    await expect.poll(() => said, { timeout: 15_000 }).toMatch(/Sandbox: (http:[^"]+)"/);
    proxy.freeze();
    const address = /Sandbox: (http:[^"]+)"/.exec(said)?.[1] ?? '';
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ status { totalCountries } }' }),
    });
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { limit: 'QUERY_TIMEOUT' } }] });
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(said).toMatch(/"msg":"stopped"/);
  });
});

function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('It did not fail'),
    (error: Error) => error,
  );
}
