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

/** A Kysely driver whose every command goes through a guard. */
export function guardedDriver(inner: Driver, guard: Guard, begin = 'begin'): Driver {
  return {
    init: () => guard(() => inner.init()),
    acquireConnection: async () => new GuardedConnection(await guard(() => inner.acquireConnection()), guard),
    async beginTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw(begin));
    },
    commitTransaction: (connection: GuardedConnection) => guard(() => inner.commitTransaction(connection.inner)),
    async rollbackTransaction(connection: GuardedConnection) {
      // Kysely rolls back because of another error, which the caller needs. The rollback fails as well if the server has
      // ended the transaction or the connection is lost.
      await inner.rollbackTransaction(connection.inner).catch(() => undefined);
    },
    releaseConnection: (connection: GuardedConnection) => inner.releaseConnection(connection.inner),
    destroy: () => inner.destroy(),
  };
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
