import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** How long a write of another process may stay unnoticed. */
const MAX_AGE_MS = 1_000;

/** Asked again before it is too old, so that a busy server never waits for it. */
const RENEW_AFTER_MS = 500;

/** See Database.dataVersion. */
export class DataVersion {
  readonly #kysely: Kysely<Tables>;
  #known: { version: number; askedAt: number } | undefined;
  #asking: Promise<number> | undefined;
  #epoch = 0;

  constructor(kysely: Kysely<Tables>) {
    this.#kysely = kysely;
  }

  current(): number | Promise<number> {
    const ageMs = this.#known ? performance.now() - this.#known.askedAt : Number.POSITIVE_INFINITY;
    if (this.#known === undefined || ageMs >= MAX_AGE_MS) return this.#ask();
    // Whoever needs the answer hears why there is none.
    if (ageMs >= RENEW_AFTER_MS) this.#ask().catch(() => undefined);
    return this.#known.version;
  }

  /** This process has written: what is known is wrong, and so may be what is being asked. */
  expire(): void {
    this.#epoch += 1;
    this.#known = undefined;
    this.#asking = undefined;
  }

  #ask(): Promise<number> {
    this.#asking ??= this.#read(this.#epoch);
    return this.#asking;
  }

  async #read(epoch: number): Promise<number> {
    const askedAt = performance.now();
    try {
      const { version } = await this.#kysely
        .selectFrom('data_version')
        .select('version')
        .executeTakeFirstOrThrow();
      if (epoch === this.#epoch) this.#known = { version, askedAt };
      return version;
    } finally {
      if (epoch === this.#epoch) this.#asking = undefined;
    }
  }
}

/** The last statement of every write of data. */
export function countUp(kysely: Kysely<Tables>): Compilable {
  return kysely
    .updateTable('data_version')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1);
}
