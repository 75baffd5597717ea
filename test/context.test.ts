import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { readConfig } from '../src/config.js';
import { createContext } from '../src/context.js';

test('a start that is refused closes the database that it has opened', async () => {
  const folder = await mkdtemp(join(inject('testFolder'), 'context-'));
  const config = readConfig({
    DATABASE_URL: `sqlite:${join(folder, 'x.db')}`,
    CACHE_DIR: join(folder, 'x.db', 'cache'),
  });
  await expect(createContext(config, pino({ level: 'silent' }))).rejects.toThrow(/^CACHE_DIR: cannot write/);
  // What is written stays in the log until it is closed.
  expect((await stat(join(folder, 'x.db-wal'))).size).toBe(0);
});
