import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
} from 'kysely';

/**
 * Reads outside of transactions have a connection of their own, which sees what is committed. On the one for writing
 * they would stand behind a write that waits until another process has ended its own.
 */
export class SideBySideDriver implements Driver {
  readonly #writing: Driver;
  readonly #openReader: () => SqliteDatabase;
  #reader: SqliteDatabase | undefined;
  /** Those that nobody uses now: to make another for each query costs more than to keep them. */
  readonly #idle: SideBySideConnection[] = [];

  constructor(writing: Driver, openReader: () => SqliteDatabase) {
    this.#writing = writing;
    this.#openReader = openReader;
  }

  async init(): Promise<void> {
    await this.#writing.init();
    this.#reader = this.#openReader();
  }

  async acquireConnection(): Promise<SideBySideConnection> {
    return this.#idle.pop() ?? new SideBySideConnection(this.#writing, this.#reader as SqliteDatabase);
  }

  async beginTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(connection: SideBySideConnection): Promise<void> {
    await connection.release();
    this.#idle.push(connection);
  }

  async destroy(): Promise<void> {
    this.#reader?.close();
    // The last to close, for it puts the log away.
    await this.#writing.destroy();
  }
}

class SideBySideConnection implements DatabaseConnection {
  readonly #driver: Driver;
  readonly #reader: SqliteDatabase;
  /** From the first write on, everything runs there. */
  #writer: DatabaseConnection | undefined;

  constructor(driver: Driver, reader: SqliteDatabase) {
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
    if (writer) await this.#driver.releaseConnection(writer);
  }
}

function isRead({ sql }: CompiledQuery): boolean {
  return /^\s*select\b/i.test(sql);
}
