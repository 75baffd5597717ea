import { Kysely, sql } from 'kysely';
import { ConfigError } from '../errors.js';
import { checkReady } from './check-ready.js';
import type { Database, DatabaseOptions } from './database.js';
import type { SqlDialect, WriteOneByOne } from './dialect.js';
import { migrate } from './migrate.js';
import type { Tables } from './tables.js';
import { createUpsert } from './upsert.js';
import { withoutPassword } from './without-password.js';
import { writeAtomically } from './write-atomically.js';

/** Connects, and throws one clear line when that fails: ConfigError or DatabaseUnavailableError. */
export async function connectDatabase(options: DatabaseOptions): Promise<Database> {
  const dialect = await openDialect(options);
  const kysely = new Kysely<Tables>({ dialect: dialect.kysely });
  await expectAnswer(kysely);
  const writeOneByOne: WriteOneByOne = (statements, { onProgress }) =>
    writeAtomically(kysely, dialect, statements, onProgress);
  return {
    kysely,
    label: dialect.label,
    upsert: createUpsert(kysely, dialect),
    writeAtomically: (statements, onProgress) => writeAtomically(kysely, dialect, statements, onProgress),
    openWriter: () =>
      dialect.openWriter?.(kysely, writeOneByOne) ?? { write: writeOneByOne, close: () => undefined },
    migrate: () => migrate(kysely, dialect),
    checkReady: () => checkReady(kysely, dialect),
    close: () => kysely.destroy(),
  };
}

type OpenDialect = (options: DatabaseOptions) => Promise<SqlDialect>;

const openMysql: OpenDialect = async (options) =>
  (await import('./mysql/mysql-dialect.js')).openMysqlDialect(options);

const openSqlite: OpenDialect = async (options) =>
  (await import('./sqlite/sqlite-dialect.js')).openSqliteDialect(options);

// Imported only when asked for: a driver costs up to 70 ms of the start.
const dialects = new Map<string, OpenDialect>([
  ['sqlite', openSqlite],
  ['mysql', openMysql],
  ['mariadb', openMysql],
]);

function openDialect(options: DatabaseOptions): Promise<SqlDialect> {
  const scheme = options.url.slice(0, Math.max(0, options.url.indexOf(':'))).toLowerCase();
  const open = dialects.get(scheme);
  if (open) {
    return open(options);
  }
  throw new ConfigError(
    `DATABASE_URL is "${withoutPassword(options.url)}", but must be sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/DATABASE`,
  );
}

async function expectAnswer(kysely: Kysely<Tables>): Promise<void> {
  try {
    await sql`select 1`.execute(kysely);
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
}
