import { Kysely, sql } from 'kysely';
import { DataVersion } from './data-version.js';
import type { Database, DatabaseOptions, SqlDialect, Write, Writer } from './database.js';
import { checkReady, isUpToDate, migrate } from './migrate.js';
import type { Tables } from './tables.js';
import { databaseKind } from './url.js';
import { createUpsert, writeAtomically } from './write.js';

/** Connects, and throws one clear line when that fails: ConfigError or DatabaseUnavailableError. */
export async function connectDatabase(options: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(options);
  await expectAnswer(database);
  return database;
}

/** Does not wait for the database: its first query may be the one that fails with that line. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dialect = await openDialect(options);
  const kysely = new Kysely<Tables>({ dialect: dialect.kysely });
  const dataVersion = new DataVersion(kysely);
  const write: Database['writeAtomically'] = expiring(dataVersion, (statements, options) =>
    writeAtomically(kysely, dialect, statements, options),
  );
  return {
    kysely,
    label: dialect.label,
    upsert: createUpsert(kysely, dialect),
    writeAtomically: write,
    openWriter: () => openWriter(kysely, dialect, dataVersion, write),
    dataVersion,
    poolState: () => dialect.poolState?.() ?? null,
    isUpToDate: () => isUpToDate(kysely),
    migrate: () => migrate(kysely, dialect),
    checkReady: () => checkReady(kysely, dialect),
    close: () => kysely.destroy(),
  };
}

function openWriter(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  dataVersion: DataVersion,
  writeAtomically: Database['writeAtomically'],
): Writer {
  const writeOneByOne: Write = (statements, options) => writeAtomically(statements, options);
  const writer = dialect.openWriter?.(kysely, writeOneByOne);
  if (!writer) return { write: writeOneByOne, close: () => undefined };
  const write: Write = (statements, options) => writer.write(statements, options);
  return { write: expiring(dataVersion, write), close: () => writer.close() };
}

/** Whatever becomes of a write, the version has to be asked for again. */
function expiring<Parameters extends unknown[]>(
  dataVersion: DataVersion,
  write: (...parameters: Parameters) => Promise<void>,
) {
  return (...parameters: Parameters) => write(...parameters).finally(() => dataVersion.expire());
}

/** Imported only when asked for: a driver costs up to 70 ms of the start. */
async function openDialect(options: DatabaseOptions): Promise<SqlDialect> {
  switch (databaseKind(options.url)) {
    case 'mysql':
      return (await import('./mysql/mysql-dialect.js')).openMysqlDialect(options);
    case 'sqlite':
      return (await import('./sqlite/sqlite-dialect.js')).openSqliteDialect(options);
  }
}

async function expectAnswer(database: Database): Promise<void> {
  try {
    await sql`select 1`.execute(database.kysely);
  } catch (error) {
    await database.close();
    throw error;
  }
}
