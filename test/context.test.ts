import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { readConfig } from '../src/config.js';
import { createContext } from '../src/context.js';
import { startApp } from './app.js';
import { createTestDatabase, serverDialects } from './databases.js';

test('a start that fails closes the database that it has opened', async () => {
  const folder = await mkdtemp(join(inject('testFolder'), 'context-'));
  const config = readConfig({
    DATABASE_URL: `sqlite:${join(folder, 'x.db')}`,
    CACHE_DIR: join(folder, 'x.db', 'cache'),
  });
  await expect(createContext(config, pino({ level: 'silent' }))).rejects.toThrow(/^CACHE_DIR: cannot write/);
  // What is written stays in the log until it is closed.
  expect((await stat(join(folder, 'x.db-wal'))).size).toBe(0);
});

test.each(serverDialects)('a start on %s opens the connections that the first refresh needs', async (dialect) => {
  const { url, remove } = await createTestDatabase(dialect);
  const app = await startApp(url, { DATABASE_POOL_SIZE: '10', DATABASE_MAX_OVERFLOW: '5' });
  const { poolState } = app.context.database;
  await expect.poll(poolState).toEqual({ inUse: 0, idle: 10, waiting: 0 });
  await app.post('mutation { refreshCountries { state } }');
  await expect.poll(poolState).toEqual({ inUse: 0, idle: 10, waiting: 0 });
  await app.close();
  await remove();
});
