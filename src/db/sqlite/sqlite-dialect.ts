import { type Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect } from 'kysely';
import { retryWhile } from '../../async.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { GuardedDriver } from '../guarded-driver.js';
import { sqlitePath } from '../url.js';
import { ReadWriteDriver } from './read-write-driver.js';
import { explainSqliteError, isLocked } from './sqlite-error.js';
import { openSqliteFile } from './sqlite-file.js';

/** `lockWaitMs`: how long a command waits while another process is writing. */
export function openSqliteDialect({ url }: Pick<DatabaseOptions, 'url'>, lockWaitMs = 5_000): SqlDialect {
  return {
    label: url,
    kysely: new WaitingSqliteDialect(sqlitePath(url), lockWaitMs),
    columnTypes,
    maxParameters: 32766,
    upsertSyntax: 'onConflict',
    // A transaction has waited for the lock already.
    isConflict: () => false,
  };
}

const columnTypes: ColumnTypes = {
  text: () => 'text',
  longText: 'text',
  integer: 'integer',
  double: 'real',
  timestamp: 'text',
  day: 'text',
  tableOptions: 'strict, without rowid',
  indexesInTable: false,
};

/** SQLite through libsql. It waits for locks without blocking the thread, as SQLite's own busy timeout does. */
class WaitingSqliteDialect extends SqliteDialect {
  readonly #path: string;
  readonly #lockWaitMs: number;
  readonly #open: () => SqliteDatabase;

  constructor(path: string, lockWaitMs: number) {
    const open = () => openSqliteFile(path, lockWaitMs);
    super({ database: async () => open() });
    this.#path = path;
    this.#lockWaitMs = lockWaitMs;
    this.#open = open;
  }

  override createDriver(): GuardedDriver {
    const writing = super.createDriver();
    // A second connection would see another database in memory.
    const driver = this.#path === ':memory:' ? writing : new ReadWriteDriver(writing, this.#open);
    // Every transaction here writes. A deferred one would begin with a read, and fail without waiting if another process
    // has written since.
    return new GuardedDriver(driver, (command) => this.#guard(command), 'begin immediate');
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }

  #guard<T>(command: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#lockWaitMs;
    const nextDelayMs = (error: unknown, retries: number) =>
      isLocked(error) && performance.now() < deadline ? Math.min(2 ** retries, 50) : null;
    return retryWhile(command, nextDelayMs).catch((error: unknown) => {
      throw explainSqliteError(error, this.#path);
    });
  }
}

/** SQLite can roll back `create table`, so Kysely migrates in a transaction, which also locks out other processes. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override async acquireMigrationLock(_kysely: Kysely<unknown>): Promise<void> {}

  override async releaseMigrationLock(_kysely: Kysely<unknown>): Promise<void> {}
}
