import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/** Runs a command of the driver. Here a dialect waits for locks and translates errors, for every query alike. */
export type Guard = <T>(command: () => Promise<T>) => Promise<T>;

/** A driver of Kysely whose every command goes through a guard. */
export class GuardedDriver implements Driver {
  readonly #inner: Driver;
  readonly #guard: Guard;
  readonly #begin: CompiledQuery;
  /** By what they guard. Kysely keeps account of all connections that it has ever been given. */
  readonly #guarded = new WeakMap<DatabaseConnection, GuardedConnection>();

  constructor(inner: Driver, guard: Guard, begin: string) {
    this.#inner = inner;
    this.#guard = guard;
    this.#begin = CompiledQuery.raw(begin);
  }

  init(): Promise<void> {
    return this.#guard(() => this.#inner.init());
  }

  async acquireConnection(): Promise<GuardedConnection> {
    const connection = await this.#guard(() => this.#inner.acquireConnection());
    const guarded = this.#guarded.get(connection) ?? new GuardedConnection(connection, this.#guard);
    this.#guarded.set(connection, guarded);
    return guarded;
  }

  async beginTransaction(connection: GuardedConnection, _settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(this.#begin);
  }

  commitTransaction(connection: GuardedConnection): Promise<void> {
    return this.#guard(() => this.#inner.commitTransaction(connection.inner));
  }

  async rollbackTransaction(connection: GuardedConnection): Promise<void> {
    // Kysely rolls back because something else failed. That is what the caller has to hear of, not the roll-back of
    // a transaction that the server has ended by itself or of a connection that is gone.
    await this.#inner.rollbackTransaction(connection.inner).catch(() => undefined);
  }

  releaseConnection(connection: GuardedConnection): Promise<void> {
    return this.#inner.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #guard: Guard;

  constructor(inner: DatabaseConnection, guard: Guard) {
    this.inner = inner;
    this.#guard = guard;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Async, for a driver may throw before it returns a promise.
    return this.#guard(async () => this.inner.executeQuery<R>(query));
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported: no table here is too long to be read at once');
  }
}
