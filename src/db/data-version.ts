import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** How often writes of other processes are looked for. */
const LOOK_EVERY_MS = 500;

/** A look that takes longer has found out that the database does not answer. */
const ANSWERS_WITHIN_MS = 5_000;

type Listener = (version: number) => void;

/** See Database.dataVersion. */
export class DataVersion {
  /** Counts the writes of this process. What was read before the last one is out of date. */
  epoch = 0;
  readonly #kysely: Kysely<Tables>;
  readonly #listeners = new Set<Listener>();
  #looking: NodeJS.Timeout | undefined;
  #isLooking = false;
  #answeredAt = performance.now();
  #hasFailed = false;
  readonly #onWarning: (message: string) => void;

  constructor(kysely: Kysely<Tables>, onWarning: (message: string) => void = () => undefined) {
    this.#kysely = kysely;
    this.#onWarning = onWarning;
  }

  /** As of now: every call asks the database. */
  async read(): Promise<number> {
    const askedAt = performance.now();
    try {
      const row = await this.#kysely.selectFrom('data_version').select('version').executeTakeFirstOrThrow();
      this.#answeredAt = Math.max(askedAt, this.#answeredAt);
      this.#hasFailed = false;
      return row.version;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  /** A write that fails may still have been committed, so this is called after every write of this process. */
  invalidate(): void {
    this.epoch += 1;
  }

  /** Calls back with every version that is seen, in the background and whether it has changed or not, until `close`. */
  watch(listener: Listener): void {
    this.#listeners.add(listener);
    this.#looking ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** How long ago the database was last known to answer; null while it does. */
  unansweredMs(): number | null {
    const sinceMs = performance.now() - this.#answeredAt;
    const isSilent = this.#isLooking && sinceMs > ANSWERS_WITHIN_MS;
    return this.#hasFailed || isSilent ? sinceMs : null;
  }

  close(): void {
    clearInterval(this.#looking);
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const wasAnswering = !this.#hasFailed;
    const version = await this.read().catch((error: Error) => {
      if (wasAnswering) this.#onWarning(`Queries are answered with the data of before: ${error.message}`);
      return null;
    });
    if (!wasAnswering && version !== null) this.#onWarning('The database answers again');
    this.#isLooking = false;
    if (version !== null) for (const listener of this.#listeners) listener(version);
  }
}

/** The last statement of every transaction that changes data. */
export function bumpVersion(kysely: Kysely<Tables>): Compilable {
  return kysely
    .updateTable('data_version')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1);
}
