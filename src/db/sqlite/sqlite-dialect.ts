import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { retryWhile } from '../../async.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { explainErrors, guardedDriver } from '../guarded-driver.js';
import { sqlitePath } from '../url.js';
import { explainSqliteError, isLocked, openSqliteFile } from './sqlite-file.js';

/** SQLite through libsql. `lockWaitMs`: how long a command waits while another process is writing. */
export function openSqliteDialect({ url }: Pick<DatabaseOptions, 'url'>, lockWaitMs = 5_000): SqlDialect {
  const path = sqlitePath(url);
  return {
    label: url,
    kysely: {
      createDriver: () => createDriver(path, lockWaitMs),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new TransactionalSqliteAdapter(),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    },
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

/** It waits for locks without blocking the thread, as SQLite's own busy timeout does. */
function createDriver(path: string, lockWaitMs: number): Driver {
  const open = async () => openSqliteFile(path, lockWaitMs);
  // A second connection would see another database in memory.
  const driver = path === ':memory:' ? new SqliteDriver({ database: open }) : new ReadWriteDriver(open);
  const explain = explainErrors((error) => explainSqliteError(error, path));
  const guard = <T>(command: () => Promise<T>) => {
    const deadline = performance.now() + lockWaitMs;
    const nextDelayMs = (error: unknown, retries: number) =>
      isLocked(error) && performance.now() < deadline ? Math.min(2 ** retries, 50) : null;
    return explain(() => retryWhile(command, nextDelayMs));
  };
  // Every transaction here writes. A deferred one would begin with a read, and fail without waiting if another process
  // has written since.
  return guardedDriver(driver, guard, 'begin immediate');
}

/** SQLite can roll back `create table`, so Kysely migrates in a transaction, which also locks out other processes. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}

/**
 * A read/write split: reads outside of transactions have their own connection, which sees what is committed. On the
 * connection for writes they would wait with a write that waits for another process.
 */
class ReadWriteDriver extends SqliteDriver {
  readonly #open: () => Promise<SqliteDatabase>;
  #reader: SqliteDatabase | undefined;

  constructor(open: () => Promise<SqliteDatabase>) {
    super({ database: open });
    this.#open = open;
  }

  override async init(): Promise<void> {
    await super.init();
    this.#reader = await this.#open();
  }

  override async acquireConnection(): Promise<ReadWriteConnection> {
    return new ReadWriteConnection(this.#reader as SqliteDatabase, () => super.acquireConnection());
  }

  override async releaseConnection(connection?: DatabaseConnection): Promise<void> {
    if (connection instanceof ReadWriteConnection && connection.hasWritten) await super.releaseConnection();
  }

  override async destroy(): Promise<void> {
    this.#reader?.close();
    // The last one to close moves the log into the file.
    await super.destroy();
  }
}

class ReadWriteConnection implements DatabaseConnection {
  readonly #reader: SqliteDatabase;
  readonly #acquireWriter: () => Promise<DatabaseConnection>;
  /** From the first write on, every query uses it. */
  #writer: DatabaseConnection | undefined;

  constructor(reader: SqliteDatabase, acquireWriter: () => Promise<DatabaseConnection>) {
    this.#reader = reader;
    this.#acquireWriter = acquireWriter;
  }

  get hasWritten(): boolean {
    return this.#writer !== undefined;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#writer && isRead(query)) {
      return { rows: this.#reader.prepare(query.sql).all(query.parameters) as R[] };
    }
    this.#writer ??= await this.#acquireWriter();
    return this.#writer.executeQuery(query);
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported');
  }
}

function isRead({ sql }: CompiledQuery): boolean {
  return /^\s*select\b/i.test(sql);
}
