import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, type SqliteDatabase } from 'kysely';

/**
 * A read/write split: reads outside of transactions have their own connection, which sees what is committed. On the
 * connection for writes they would wait with a write that waits for another process.
 */
export class ReadWriteDriver implements Driver {
  readonly #writing: Driver;
  readonly #openReader: () => SqliteDatabase;
  #reader: SqliteDatabase | undefined;

  constructor(writing: Driver, openReader: () => SqliteDatabase) {
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

  async beginTransaction(connection: ReadWriteConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
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
  readonly #driver: Driver;
  readonly #reader: SqliteDatabase;
  /** From the first write on, every query uses it. */
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
