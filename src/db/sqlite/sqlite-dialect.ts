import {
  CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { retryWhile } from '../../async.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { explainErrors, GuardedDriver, type InnerDriver } from '../guarded-driver.js';
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
function createDriver(path: string, lockWaitMs: number): GuardedDriver {
  const open = () => openSqliteFile(path, lockWaitMs);
  const writing = new SqliteDriver({ database: async () => open() });
  // A second connection would see another database in memory.
  const driver = path === ':memory:' ? writing : new ReadWriteDriver(writing, open);
  const explain = explainErrors((error) => explainSqliteError(error, path));
  const guard = <T>(command: () => Promise<T>) => {
    const deadline = performance.now() + lockWaitMs;
    const nextDelayMs = (error: unknown, retries: number) =>
      isLocked(error) && performance.now() < deadline ? Math.min(2 ** retries, 50) : null;
    return explain(() => retryWhile(command, nextDelayMs));
  };
  // Every transaction here writes. A deferred one would begin with a read, and fail without waiting if another process
  // has written since.
  return new GuardedDriver(driver, guard, 'begin immediate');
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
class ReadWriteDriver implements InnerDriver {
  readonly #writing: SqliteDriver;
  readonly #openReader: () => SqliteDatabase;
  #reader: SqliteDatabase | undefined;

  constructor(writing: SqliteDriver, openReader: () => SqliteDatabase) {
    this.#writing = writing;
    this.#openReader = openReader;
  }

  async init(): Promise<void> {
    await this.#writing.init();
    this.#reader = this.#openReader();
  }

  async acquireConnection(): Promise<ReadWriteConnection> {
    return new ReadWriteConnection(this.#writing, this.#reader as SqliteDatabase);
  }

  async commitTransaction(connection: ReadWriteConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: ReadWriteConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  releaseConnection(connection: ReadWriteConnection): Promise<void> {
    return connection.release();
  }

  async destroy(): Promise<void> {
    this.#reader?.close();
    // The last one to close moves the log into the file.
    await this.#writing.destroy();
  }
}

class ReadWriteConnection implements DatabaseConnection {
  readonly #driver: SqliteDriver;
  readonly #reader: SqliteDatabase;
  /** From the first write on, every query uses it. */
  #writer: DatabaseConnection | undefined;

  constructor(driver: SqliteDriver, reader: SqliteDatabase) {
    this.#driver = driver;
    this.#reader = reader;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#writer && isRead(query)) {
      return { rows: this.#reader.prepare(query.sql).all(query.parameters) as R[] };
    }
    this.#writer ??= await this.#driver.acquireConnection();
    return this.#writer.executeQuery(query);
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported');
  }

  async release(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer) await this.#driver.releaseConnection();
  }
}

function isRead({ sql }: CompiledQuery): boolean {
  return /^\s*select\b/i.test(sql);
}
