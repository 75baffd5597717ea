import type { MysqlPoolConnection } from 'kysely';
import { retryWhile } from '../../async.js';
import { afterConflicts } from '../write.js';
import { isMysqlClosed, isMysqlConflict, isMysqlCutOff } from './mysql-error.js';

/** A connection to one of several servers. */
export interface ServerSession {
  session: MysqlPoolConnection;
  /** `mark` tells the pool that it cannot be used. */
  server: { mark(failure: Error): void };
}

const MAX_RETRIES = 3;

/** The use of a connection. What it is used for first is done on another server when the first one fails. */
export class FailoverSession implements MysqlPoolConnection {
  readonly #open: () => Promise<ServerSession>;
  #current: ServerSession | undefined;
  #isFirst = true;

  constructor(current: ServerSession, open: () => Promise<ServerSession>) {
    this.#current = current;
    this.#open = open;
  }

  readonly query = ((text: string, values: unknown[], callback: (error: unknown, result?: unknown) => void) => {
    const sent = this.#isFirst ? this.#sendFirst(text, values) : this.#send(text, values);
    this.#isFirst = false;
    sent.then((result) => callback(null, result), callback);
  }) as unknown as MysqlPoolConnection['query'];

  release(): void {
    this.#current?.session.release();
    this.#current = undefined;
  }

  /** A read, the beginning of a transaction, or a single write, which may have been executed if the connection is lost. */
  #sendFirst(text: string, values: unknown[]): Promise<unknown> {
    const isRead = /^\s*(select|begin)\b/i.test(text);
    const conflictDelayMs = afterConflicts(isMysqlConflict);
    return retryWhile(
      () => this.#send(text, values),
      (error, retries) => {
        if (isMysqlCutOff(error)) this.#current?.server.mark(error as Error);
        else if (!isRead || !isMysqlClosed(error)) return conflictDelayMs(error, retries);
        this.release();
        return retries < MAX_RETRIES ? 0 : null;
      },
    );
  }

  async #send(text: string, values: unknown[]): Promise<unknown> {
    this.#current ??= await this.#open();
    const { session } = this.#current;
    return new Promise((resolve, reject) => {
      session.query(text, values, (error: unknown, result: unknown) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}
