import { setTimeout as sleep } from 'node:timers/promises';
import { toDay } from '../days.js';
import type { Database } from '../db/database.js';
import { DatabaseUnavailableError } from '../errors.js';
import { createSnapshot, readTables, type Snapshot } from './country.snapshot.js';
import { tenderChanges } from './tender.js';

export type Snapshots = Pick<SnapshotCache, 'database' | 'current' | 'newest' | 'isNewest'>;

/** How long a query waits for the data of this process's own write. */
const WAIT_MS = 2_000;

/**
 * The snapshot that is served, shared by all requests. Writes of other processes are detected, and the next snapshot is
 * read, in the background: no request waits for it. While the database does not answer, the last one is served.
 */
export class SnapshotCache {
  readonly database: Database;
  #latest: Snapshot | undefined;
  /** Which writes of this process it includes. */
  #epoch = 0;
  #loading: Promise<void> | undefined;

  constructor(database: Database) {
    this.database = database;
  }

  /** What can be served without the database, if anything. */
  get latest(): Snapshot | undefined {
    return this.#latest;
  }

  /** Of the snapshot that is served. A promise if that has to be read first. */
  version(): number | Promise<number> {
    return this.#latest && this.#isCurrent() ? this.#latest.version : this.current().then(({ version }) => version);
  }

  /** At most two seconds behind the last commit of any process, and never behind those of this one. */
  async current(): Promise<Snapshot> {
    while (!this.#latest) await this.#load();
    const known = this.#latest;
    const end = performance.now() + WAIT_MS;
    while (!this.#isCurrent() && this.unansweredMs() === null && performance.now() < end) {
      const loaded = this.#load().catch(ignoreUnavailable);
      await Promise.race([loaded, sleep(WAIT_MS, undefined, { ref: false })]);
    }
    return this.#latest ?? known;
  }

  /** How long ago the database last answered; null while it does. */
  unansweredMs(): number | null {
    return this.database.dataVersion.unansweredMs();
  }

  /** With all that has been committed by now, by other processes as well. */
  newest(): Promise<Snapshot> {
    this.database.dataVersion.invalidate();
    return this.current();
  }

  /** Whether nothing has been committed since that version, by any process. */
  async isNewest(version: number): Promise<boolean> {
    const isNewest = (await this.database.dataVersion.read()) + tenderChanges() === version;
    // So that the next attempt uses the newest.
    if (!isNewest) this.database.dataVersion.invalidate();
    return isNewest;
  }

  /** Keeps the first snapshot that is taken, so that all parts of a request see the same data. */
  pinned(): Snapshots {
    let snapshot: Promise<Snapshot> | undefined;
    return {
      database: this.database,
      current: () => {
        snapshot ??= this.current();
        return snapshot;
      },
      newest: () => {
        snapshot = this.newest();
        return snapshot;
      },
      isNewest: (version) => this.isNewest(version),
    };
  }

  /** Whether it includes the writes of this process, and is of this day. */
  #isCurrent(): boolean {
    return this.#epoch === this.database.dataVersion.epoch && this.#latest?.tenderChanges === tenderChanges();
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** Reads again if anything was committed, or a server failed, in the meantime: it may be a mix of old and new rows. */
  async #read(): Promise<void> {
    const { dataVersion } = this.database;
    for (let isWhole = false; !isWhole; ) {
      const { epoch } = dataVersion;
      const failovers = this.database.failovers();
      const version = await dataVersion.read();
      isWhole = this.#isOf(version);
      if (!isWhole) {
        const day = toDay(Date.now());
        const changes = tenderChanges();
        const tables = await readTables(this.database);
        isWhole = (await dataVersion.read()) === version && this.database.failovers() === failovers;
        if (isWhole) this.#keep(createSnapshot(version, changes, tables, day));
      }
      if (isWhole) this.#epoch = epoch;
    }
  }

  #isOf(version: number): boolean {
    return this.#latest?.version === version + tenderChanges();
  }

  #keep(snapshot: Snapshot): void {
    const isFirst = !this.#latest;
    this.#latest = snapshot;
    if (isFirst) {
      this.database.dataVersion.watch((version) => {
        // If that fails, the next look tries again.
        if (!this.#isOf(version)) this.#load().catch(() => undefined);
      });
    }
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof DatabaseUnavailableError)) throw error;
}
