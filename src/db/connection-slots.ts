import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseOptions } from './database.js';
import type { TlsOptions } from './tls.js';
import type { ServerTarget } from './url.js';

/** With what a pool of connections to one server is opened. */
export interface PoolSettings extends ServerTarget, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  ssl: TlsOptions | undefined;
  connectTimeoutMs: number;
  timeouts: QueryTimeouts;
}

/** How long running queries have when a pool is closed. */
export const CLOSE_TIMEOUT_MS = 3_000;

/** Without an answer in this time the connection counts as lost. */
interface QueryTimeouts {
  readMs: number;
  writeMs: number;
}

/** A write may wait for locks; by default MySQL ends that after 50 s. */
export const QUERY_TIMEOUTS: QueryTimeouts = { readMs: 30_000, writeMs: 60_000 };

/** Zero, for no limit, where a statement may take long: changes of tables, and the wait for the migration lock. */
export function timeoutFor(sql: string, { readMs, writeMs }: QueryTimeouts): number {
  if (/^\s*(create|alter|drop|select get_lock|select pg_advisory\w*)\b/i.test(sql)) return 0;
  return /^\s*(insert|update|delete|begin|commit|rollback)\b/i.test(sql) ? writeMs : readMs;
}

const RETRY_EVERY_MS = 250;
const RAISE_EVERY_MS = 1_000;

interface SlotOptions {
  /** Whether the server or the user has as many connections as it may have. */
  isRefused(error: unknown): boolean;
  /** How long a refused caller waits when there is no connection that could be released. */
  patienceMs: number;
}

/**
 * Limits the connections of a pool: to its size or, while the server refuses further ones, to those that exist. Callers
 * wait for one of them to be released. Every second one more is tried again.
 */
export class ConnectionSlots {
  /** Callers that have a connection. */
  inUse = 0;
  /** Callers that wait for one to be released or opened. */
  waiting = 0;
  readonly #size: number;
  readonly #options: SlotOptions;
  readonly #queue: (() => void)[] = [];
  #limit: number;
  #taken = 0;
  #raising: NodeJS.Timeout | undefined;

  constructor(size: number, options: SlotOptions) {
    this.#size = size;
    this.#limit = size;
    this.#options = options;
  }

  /** Opens a connection, or takes an idle one. Its slot is taken until `release`; an error of `open` frees it. */
  async take<T>(open: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    try {
      const connection = await this.#openInTurn(open);
      this.inUse += 1;
      return connection;
    } finally {
      this.waiting -= 1;
    }
  }

  release(): void {
    this.inUse -= 1;
    this.#free();
  }

  /** Lets all who wait find out that the pool is closed. */
  close(): void {
    clearInterval(this.#raising);
    this.#limit = Number.POSITIVE_INFINITY;
    this.#admit();
  }

  async #openInTurn<T>(open: () => Promise<T>): Promise<T> {
    const { isRefused, patienceMs } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (let isFirst = true; ; isFirst = false) {
      await this.#enter(isFirst);
      try {
        return await open();
      } catch (error) {
        const isFull = isRefused(error);
        if (isFull && this.#taken > 1) {
          this.#taken -= 1;
          this.#lower();
          continue;
        }
        this.#free();
        if (!isFull || performance.now() > deadline) throw error;
        await delay(RETRY_EVERY_MS);
      }
    }
  }

  #enter(isFirst: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (isFirst) this.#queue.push(resolve);
      else this.#queue.unshift(resolve);
      this.#admit();
    });
  }

  #free(): void {
    this.#taken -= 1;
    this.#admit();
  }

  #admit(): void {
    while (this.#taken < this.#limit && this.#queue.length > 0) {
      this.#taken += 1;
      this.#queue.shift()?.();
    }
  }

  #lower(): void {
    this.#limit = Math.min(this.#limit, this.#taken);
    this.#raising ??= setInterval(() => this.#raise(), RAISE_EVERY_MS).unref();
  }

  #raise(): void {
    this.#limit += 1;
    if (this.#limit >= this.#size) {
      clearInterval(this.#raising);
      this.#raising = undefined;
    }
    this.#admit();
  }
}
