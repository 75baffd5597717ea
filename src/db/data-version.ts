import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** How long a write by another process may go unnoticed. */
const MAX_AGE_MS = 1_000;

/** Read again before that, so that a busy server never waits for it. */
const RENEW_AFTER_MS = 500;

/** See Database.dataVersion. */
export class DataVersion {
  readonly #kysely: Kysely<Tables>;
  #known: { version: number; readAt: number } | undefined;
  #reading: Promise<number> | undefined;
  #epoch = 0;

  constructor(kysely: Kysely<Tables>) {
    this.#kysely = kysely;
  }

  current(): number | Promise<number> {
    const ageMs = this.#known ? performance.now() - this.#known.readAt : Number.POSITIVE_INFINITY;
    if (this.#known === undefined || ageMs >= MAX_AGE_MS) return this.#read();
    // If that fails, the caller that has to wait for the next read gets the error.
    if (ageMs >= RENEW_AFTER_MS) this.#read().catch(() => undefined);
    return this.#known.version;
  }

  /** After a write of this process: the known version is wrong, and a read under way may return it again. */
  invalidate(): void {
    this.#epoch += 1;
    this.#known = undefined;
    this.#reading = undefined;
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
