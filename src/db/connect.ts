import { Kysely, sql } from 'kysely';
import { DataVersion } from './data-version.js';
import type { Database, DatabaseOptions, SqlDialect, Writer } from './database.js';
import { checkReady, migrate } from './migrate.js';
import type { Tables } from './tables.js';
import { tlsOptions } from './tls.js';
import { databaseKind, parseMysqlUrl, parsePostgresUrl, sqlitePath } from './url.js';
import { createUpsert, writeAtomically } from './write.js';

/** Throws ConfigError for settings that no database can have, before a driver is loaded. */
export function checkDatabaseSettings({ url, caFile }: Pick<DatabaseOptions, 'url' | 'caFile'>): void {
  const kind = databaseKind(url);
  if (kind === 'sqlite') return void sqlitePath(url);
  const servers = kind === 'mysql' ? parseMysqlUrl(url) : [parsePostgresUrl(url)];
  for (const server of servers) tlsOptions(server, caFile);
}

/** Connects, or throws ConfigError or DatabaseUnavailableError with one clear line. */
export async function connectDatabase(options: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(options);
  try {
    await database.connect();
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Connects with the first query, which fails with that line. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dialect = await openDialect(options);
  const kysely = new Kysely<Tables>({ dialect: dialect.kysely });
  const dataVersion = new DataVersion(kysely, options.onWarning);
  // A write that fails may still have been committed.
  const invalidate = () => dataVersion.invalidate();
  const write: Database['writeAtomically'] = (statements, writeOptions) =>
    writeAtomically(kysely, dialect, statements, writeOptions).finally(invalidate);
  return {
    kysely,
    label: dialect.label,
    upsert: createUpsert(kysely, dialect),
    writeAtomically: write,
    openWriter(): Writer {
      const writer = dialect.openWriter?.(kysely, write);
      if (!writer) return { write, close: () => undefined };
      return {
        write: (statements, writeOptions) => writer.write(statements, writeOptions).finally(invalidate),
        close: () => writer.close(),
      };
    },
    dataVersion,
    poolState: () => dialect.poolState?.() ?? null,
    failovers: () => dialect.failovers?.() ?? 0,
    migrate: (onOutdated) => migrate(kysely, dialect, onOutdated),
    checkReady: () => checkReady(kysely, dialect),
    connect: (connections) => connect(kysely, dialect, connections),
    close: () => {
      dataVersion.close();
      return kysely.destroy();
    },
  };
}

/** Drivers are imported on demand: each takes up to 70 ms. */
async function openDialect(options: DatabaseOptions): Promise<SqlDialect> {
  switch (databaseKind(options.url)) {
    case 'mysql':
      return (await import('./mysql/mysql-dialect.js')).openMysqlDialect(options);
    case 'postgres':
      return (await import('./postgres/postgres-dialect.js')).openPostgresDialect(options);
    case 'sqlite':
      return (await import('./sqlite/sqlite-dialect.js')).openSqliteDialect(options);
  }
}

async function connect(kysely: Kysely<Tables>, { check }: SqlDialect, connections = 1): Promise<void> {
  const ask = () => (check ? check(kysely as Kysely<never>) : sql`select 1`.execute(kysely));
  await Promise.all(Array.from({ length: connections }, ask));
}
