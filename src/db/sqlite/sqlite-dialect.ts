import { type Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import { retryWhile } from '../../async.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { GuardedDriver } from '../guarded-driver.js';
import { sqlitePath } from '../url.js';
import { SideBySideDriver } from './read-write-driver.js';
import { explainSqliteError, isLocked } from './sqlite-error.js';
import { openSqliteFile } from './sqlite-file.js';

/** `lockWaitMs`: how long a command waits for another process that is writing. */
export function openSqliteDialect({ url }: Pick<DatabaseOptions, 'url'>, lockWaitMs = 5_000): SqlDialect {
  const path = sqlitePath(url);
  return {
    label: url,
    kysely: new PatientSqliteDialect(path, lockWaitMs),
    columnTypes,
    // SQLite takes 32,766. But the text of a statement with so many is short enough to be kept prepared, which halves
    // what a wide row costs.
    maxParameters: 500,
    updateOnConflict: (insert, key, columns) =>
      insert.onConflict((conflict) =>
        columns.length === 0
          ? conflict.columns(key).doNothing()
          : conflict.columns(key).doUpdateSet(Object.fromEntries(columns.map(excluded))),
      ),
    // Who meets another writer has waited for him already, as long as anybody should.
    isConflict: () => false,
  };
}

const excluded = (column: string) => [column, sql`excluded.${sql.ref(column)}`] as const;

const columnTypes: ColumnTypes = {
  text: () => 'text',
  longText: 'text',
  integer: 'integer',
  double: 'real',
  timestamp: 'text',
  day: 'text',
  tableOptions: 'strict',
  narrowTableOptions: 'strict, without rowid',
  indexesInTable: false,
};

/** SQLite through libsql. The driver waits for locks without blocking the thread, which SQLite's own waiting does. */
class PatientSqliteDialect extends SqliteDialect {
  readonly #guard;
  readonly #open: () => SqliteDatabase;
  readonly #isFile: boolean;

  constructor(path: string, lockWaitMs: number) {
    const open = () => openSqliteFile(path, lockWaitMs);
    super({ database: async () => open() });
    this.#open = open;
    this.#isFile = path !== ':memory:';
    this.#guard = <T>(command: () => Promise<T>) => {
      const deadline = performance.now() + lockWaitMs;
      const nextDelayMs = (error: unknown, retries: number) =>
        isLocked(error) && performance.now() < deadline ? Math.min(2 ** retries, 50) : null;
      return retryWhile(command, nextDelayMs).catch((error: unknown) => {
        throw explainSqliteError(error, path);
      });
    };
  }

  override createDriver(): GuardedDriver {
    // Every transaction here writes. A deferred one would read first and then fail, with no way to wait, if another
    // process has written in between.
    const one = super.createDriver();
    // What is in memory belongs to its connection alone.
    const driver = this.#isFile ? new SideBySideDriver(one, this.#open) : one;
    return new GuardedDriver(driver, this.#guard, 'begin immediate');
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** SQLite can undo `create table`. Told so, Kysely migrates in a transaction, which also keeps other processes out. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override async acquireMigrationLock(_kysely: Kysely<unknown>): Promise<void> {}

  override async releaseMigrationLock(_kysely: Kysely<unknown>): Promise<void> {}
}
