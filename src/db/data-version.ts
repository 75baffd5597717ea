import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** How long a write by another process may go unnoticed. */
const MAX_AGE_MS = 1_000;

/** Read again in the background before that, so that no query of a server in use waits for it. */
const RENEW_EVERY_MS = 500;

/** After this time without a query the database is left alone. */
const IDLE_AFTER_MS = 60_000;

/** See Database.dataVersion. */
export class DataVersion {
  readonly #kysely: Kysely<Tables>;
  #known: { version: number; readAt: number } | undefined;
  #reading: Promise<number> | undefined;
  #epoch = 0;
  #usedAt = 0;
  #renewing: NodeJS.Timeout | undefined;

  constructor(kysely: Kysely<Tables>) {
    this.#kysely = kysely;
  }

  current(): number | Promise<number> {
    this.#usedAt = performance.now();
    this.#renewing ??= setInterval(() => this.#renew(), RENEW_EVERY_MS).unref();
    const known = this.#known;
    return known && this.#usedAt - known.readAt < MAX_AGE_MS ? known.version : this.#read();
  }

  /** After a write of this process: the known version is wrong, and a read under way may return it again. */
  invalidate(): void {
    this.#epoch += 1;
    this.#known = undefined;
    this.#reading = undefined;
  }

  close(): void {
    clearInterval(this.#renewing);
  }

  #renew(): void {
    if (performance.now() - this.#usedAt < IDLE_AFTER_MS) {
      // If that fails, the query that has to wait for the next read gets the error.
      this.#read().catch(() => undefined);
    } else {
      clearInterval(this.#renewing);
      this.#renewing = undefined;
    }
  }

  #read(): Promise<number> {
    this.#reading ??= this.#query(this.#epoch);
    return this.#reading;
  }

  async #query(epoch: number): Promise<number> {
    const readAt = performance.now();
    try {
      const row = await this.#kysely.selectFrom('data_version').select('version').executeTakeFirstOrThrow();
      if (epoch === this.#epoch) this.#known = { version: row.version, readAt };
      return row.version;
    } finally {
      if (epoch === this.#epoch) this.#reading = undefined;
    }
  }
}

/** The last statement of every transaction that changes data. */
export function bumpVersion(kysely: Kysely<Tables>): Compilable {
  return kysely
    .updateTable('data_version')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1);
}
