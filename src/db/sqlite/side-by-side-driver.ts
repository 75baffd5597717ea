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
  readonly #commit: () => Promise<void>;
  #reader: SqliteDatabase | undefined;

  constructor(writing: Driver, openReader: () => SqliteDatabase, commit: () => Promise<void>) {
    this.#writing = writing;
    this.#openReader = openReader;
    this.#commit = commit;
  }

  async init(): Promise<void> {
    await this.#writing.init();
    this.#reader = this.#openReader();
  }

  async acquireConnection(): Promise<SideBySideConnection> {
    return new SideBySideConnection(this.#writing, this.#reader as SqliteDatabase, this.#commit);
  }

  async beginTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: SideBySideConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  releaseConnection(connection: SideBySideConnection): Promise<void> {
    return connection.release();
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
  readonly #commit: () => Promise<void>;
  /** From the first write on, everything runs there. */
  #writer: DatabaseConnection | undefined;
  #inTransaction = false;

  constructor(driver: Driver, reader: SqliteDatabase, commit: () => Promise<void>) {
    this.#driver = driver;
    this.#reader = reader;
    this.#commit = commit;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#writer && isRead(query)) {
      return { rows: this.#reader.prepare(query.sql).all(query.parameters) as R[] };
    }
    this.#writer ??= await this.#driver.acquireConnection();
    if (!this.#inTransaction && isChange(query)) return this.#alone(this.#writer, query);
    const result = await this.#writer.executeQuery<R>(query);
    if (/^(begin|rollback)\b/i.test(query.sql)) this.#inTransaction = query.sql.startsWith('begin');
    return result;
  }

  async commit(): Promise<void> {
    await this.#commit();
    this.#inTransaction = false;
  }

  /** A change by itself is a transaction as well, whose commit is to be had. */
  async #alone<R>(writer: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    await writer.executeQuery(CompiledQuery.raw('begin immediate'));
    try {
      const result = await writer.executeQuery<R>(query);
      await this.#commit();
      return result;
    } catch (error) {
      await writer.executeQuery(CompiledQuery.raw('rollback')).catch(() => undefined);
      throw error;
    }
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported');
  }

  async release(): Promise<void> {
    if (this.#writer) await this.#driver.releaseConnection(this.#writer);
    this.#writer = undefined;
  }
}

function isChange({ sql }: CompiledQuery): boolean {
  return /^\s*(insert|update|delete)\b/i.test(sql);
}

function isRead({ sql }: CompiledQuery): boolean {
  return /^\s*select\b/i.test(sql);
}
