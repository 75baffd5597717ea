import type { MysqlPoolConnection } from 'kysely';
import type { PoolConnection } from 'mysql2';
import { destroyConnection, queryWithTimeout } from './mysql-connection.js';
import { isMysqlClosed, isMysqlLost } from './mysql-error.js';

/** Without an answer in this time the connection counts as lost. */
export interface QueryTimeouts {
  readMs: number;
  writeMs: number;
}

/** A write may wait for locks; by default the server ends that after 50 s. */
export const QUERY_TIMEOUTS: QueryTimeouts = { readMs: 30_000, writeMs: 60_000 };

/** From a second on (`wait_timeout`) a server may close an idle connection, and the news travels for some time. */
const STALE_AFTER_MS = 500;

export interface PooledConnection {
  connection: PoolConnection;
  idleMs: number;
}

interface SessionOptions {
  timeouts: QueryTimeouts;
  /** Replaces a connection that the server has closed by a new one. */
  renew(): Promise<PooledConnection>;
  onRelease(): void;
}

/**
 * The use of a connection from one acquisition to its release. One that was idle may have been closed by the server:
 * what it is used for first is then done on another one.
 */
export class MysqlSession implements MysqlPoolConnection {
  readonly #options: SessionOptions;
  #connection: PoolConnection;
  #isStale: boolean;

  constructor({ connection, idleMs }: PooledConnection, options: SessionOptions) {
    this.#connection = connection;
    this.#isStale = idleMs >= STALE_AFTER_MS;
    this.#options = options;
  }

  // Kysely's type has another overload for streams, which is not used.
  readonly query = ((text: string, values: unknown[], callback: (error: unknown, result?: unknown) => void) => {
    const sent = this.#isStale ? this.#sendFirst(text, values) : this.#send(text, values);
    sent.then((result) => callback(null, result), callback);
  }) as unknown as MysqlPoolConnection['query'];

  release(): void {
    this.#options.onRelease();
    this.#connection.release();
  }

  /** A write is not repeated, because it may have been executed: another query shows first whether there is a server. */
  async #sendFirst(text: string, values: unknown[]): Promise<unknown> {
    this.#isStale = false;
    if (/^\s*(select|begin)\b/i.test(text)) return await this.#sendOrRenew(text, values);
    await this.#sendOrRenew('select 1', []);
    return await this.#send(text, values);
  }

  async #sendOrRenew(text: string, values: unknown[]): Promise<unknown> {
    try {
      return await this.#send(text, values);
    } catch (error) {
      if (!isMysqlClosed(error)) throw error;
      this.#connection = (await this.#options.renew()).connection;
      return await this.#send(text, values);
    }
  }

  #send(text: string, values: unknown[]): Promise<unknown> {
    const options = { sql: text, values, timeout: timeoutFor(text, this.#options.timeouts) };
    return new Promise((resolve, reject) => {
      queryWithTimeout(this.#connection, options, (error, result) => {
        if (!error) return resolve(result);
        // A late answer or an open transaction must not become the next user's.
        if (text === 'rollback' || isMysqlLost(error)) destroyConnection(this.#connection);
        reject(error);
      });
    });
  }
}

/** Zero, for no limit, where a statement may take long: changes of tables, and the wait for the migration lock. */
function timeoutFor(sql: string, { readMs, writeMs }: QueryTimeouts): number {
  if (/^\s*(create|alter|drop|select get_lock)\b/i.test(sql)) return 0;
  return /^\s*(insert|update|delete|begin|commit|rollback)\b/i.test(sql) ? writeMs : readMs;
}
