import { CompiledQuery, type DatabaseConnection, type Driver, type QueryResult } from 'kysely';

/** Wraps every command of a driver, for instance to wait for locks. */
type Guard = <T>(command: () => Promise<T>) => Promise<T>;

/** The guard that says what an error means. */
export function explainErrors(explain: (error: unknown) => unknown): Guard {
  return (command) =>
    command().catch((error: unknown) => {
      throw explain(error);
    });
}

/** What the guarded driver uses of another one: it begins transactions itself. */
export type InnerDriver = Omit<Driver, 'beginTransaction'>;

/** A Kysely driver whose every command goes through a guard. */
export class GuardedDriver implements Driver {
  readonly #inner: InnerDriver;
  readonly #guard: Guard;
  readonly #begin: CompiledQuery;

  constructor(inner: InnerDriver, guard: Guard, begin = 'begin') {
    this.#inner = inner;
    this.#guard = guard;
    this.#begin = CompiledQuery.raw(begin);
  }

  init(): Promise<void> {
    return this.#guard(() => this.#inner.init());
  }

  async acquireConnection(): Promise<GuardedConnection> {
    return new GuardedConnection(await this.#guard(() => this.#inner.acquireConnection()), this.#guard);
  }

  async beginTransaction(connection: GuardedConnection): Promise<void> {
    await connection.executeQuery(this.#begin);
  }

  commitTransaction(connection: GuardedConnection): Promise<void> {
    return this.#guard(() => this.#inner.commitTransaction(connection.inner));
  }

  async rollbackTransaction(connection: GuardedConnection): Promise<void> {
    // Kysely rolls back because of another error, which the caller needs. The rollback fails as well if the server has
    // ended the transaction or the connection is lost.
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
    // Async, because a driver may throw synchronously.
    return this.#guard(async () => this.inner.executeQuery<R>(query));
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported');
  }
}
