import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, Statement } from '../db/database.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { abandonedReport, errorOf, RefreshCancelledError, RefreshTakenOverError } from './report.js';
import { RefreshReports } from './repository.js';

const NAME = 'refresh';

export interface LeaseTimes {
  /** A holder from which no heartbeat was seen for this long is considered dead. */
  expiryMs: number;
  /** The interval of heartbeats. */
  beatMs: number;
  /** How often waiting processes look at the lease. */
  pollMs: number;
}

export const LEASE_TIMES: LeaseTimes = { expiryMs: 15_000, beatMs: 2_000, pollMs: 300 };

/** The right to write the refreshed data, until it is revoked or expires. */
export interface Grant {
  /** The id of the refresh. It is random and used once, so it also serves as the fencing token. */
  id: string;
  /** The previous holder, when its process died with the lease. */
  abandoned: RefreshLeaseRow | null;
  /** Stops the heartbeat. */
  end(): void;
}

/** Another refresh holds the lease, in this process or another. */
export class LeaseHeldError extends Error {
  readonly row: RefreshLeaseRow;

  constructor(row: RefreshLeaseRow) {
    super(`The refresh ${row.holder} is running`);
    this.row = row;
  }
}

/**
 * One row in the database says which refresh may write. No clock of any machine decides whether the holder is alive:
 * its heartbeats are counted, and each waiting process measures by itself how long the count has stayed the same.
 */
export class RefreshLease {
  readonly #database: Database;
  readonly #reports: RefreshReports;
  readonly #times: LeaseTimes;
  /** The last refresh of this process, which may have failed to release the lease. */
  #ended = '';
  /** The last heartbeat that was seen, and when that was first. */
  #seen: { beat: string; at: number; abandoned?: Refresh } = { beat: '', at: 0 };

  constructor(database: Database, times: LeaseTimes = LEASE_TIMES) {
    this.#database = database;
    this.#reports = new RefreshReports(database);
    this.#times = times;
  }

  /**
   * Throws LeaseHeldError, unless that holder is known to be `dead`, as it was last seen, and no other process has taken
   * over. One round trip when the lease is free. The heartbeat begins with the grant; `onLost` is called when it finds
   * that the lease was revoked or taken over.
   */
  async acquire(report: Refresh, dead: RefreshLeaseRow | null, onLost: (cause: Error) => void): Promise<Grant> {
    for (;;) {
      if (await this.#take(report, dead)) return this.#grant(report, dead, onLost);
      const row = await this.read();
      if (row.holder !== '') throw new LeaseHeldError(row);
      // Another process took over from the dead one and has ended: the report of the dead one says which.
      if (dead?.holder) throw new LeaseHeldError(dead);
    }
  }

  read(): Promise<RefreshLeaseRow> {
    return this.#database.kysely
      .selectFrom('refresh_lease')
      .selectAll()
      .where('name', '=', NAME)
      .executeTakeFirstOrThrow();
  }

  /** The refresh that runs in any process, as of its last heartbeat. A dead one runs on until `expiryMs` after it was first seen. */
  async running(): Promise<Refresh | null> {
    const held = await this.held();
    return held?.state === RefreshState.RUNNING ? held : null;
  }

  /** The same, and as failed when its process has died, as long as no other has taken over. */
  async held(): Promise<Refresh | null> {
    const { holder, beat, report } = await this.read();
    if (holder === '') return null;
    const [seen, now] = [`${holder} ${beat}`, performance.now()];
    if (this.#seen.beat !== seen) this.#seen = { beat: seen, at: now };
    const held = JSON.parse(report) as Refresh;
    if (now - this.#seen.at < this.#times.expiryMs) return held;
    this.#seen.abandoned ??= abandonedReport(held);
    return this.#seen.abandoned;
  }

  /**
   * Waits for a refresh of another process, and for the one that takes over when that process dies. Returns null when it
   * has succeeded, and the lease when it is up to the caller: it is free again, or its holder is dead. Throws what
   * the refresh failed with.
   */
  async follow(
    holder: RefreshLeaseRow,
    signal: AbortSignal,
    onReport: (report: Refresh) => void,
  ): Promise<RefreshLeaseRow | null> {
    const { pollMs, beatMs, expiryMs } = this.#times;
    let last = holder;
    let lookedAt = performance.now();
    let silentMs = 0;
    const show = () => last.report !== '' && onReport(JSON.parse(last.report) as Refresh);
    show();
    for (;;) {
      await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      const row = await this.read();
      if (row.holder !== last.holder) {
        if (await this.#hasSucceeded(last.holder, row, onReport)) return null;
        if (row.holder === '') return row;
      }
      const now = performance.now();
      // A slow look proves little: a database that hangs delays the heartbeats too.
      silentMs += Math.min(now - lookedAt, beatMs);
      lookedAt = now;
      if (row.holder !== last.holder || row.beat !== last.beat) {
        silentMs = 0;
        last = row;
        show();
      } else if (silentMs >= expiryMs) return row;
    }
  }

  /** Takes the lease from a refresh before its commit. False when it has committed, or does not run. */
  async revoke(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#row()
      .set((eb) => ({ holder: '', token: eb('token', '+', 1), cancelled: id, report: '' }))
      .where('holder', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * Fencing, as the first statement of the transaction: it locks the row until the commit, and fails the transaction
   * when the lease is no longer held, because the column is not nullable.
   */
  fence({ id }: Pick<Grant, 'id'>): Statement {
    const holder = sql<string>`case when holder = ${id} then holder end`;
    return this.#row().set({ holder });
  }

  release({ id }: Pick<Grant, 'id'>): Statement {
    return this.#held(id).set({ holder: '', report: '' });
  }

  /** Why the lease was lost; null when it is still held. */
  async whyLost({ id }: Pick<Grant, 'id'>): Promise<Error | null> {
    const { holder, cancelled } = await this.read();
    if (holder === id) return null;
    return cancelled === id ? new RefreshCancelledError() : new RefreshTakenOverError();
  }

  /** Whether a refresh, or the one that took it over, has succeeded. Throws what it failed with. */
  async #hasSucceeded(id: string, row: RefreshLeaseRow, onReport: (report: Refresh) => void): Promise<boolean> {
    const report = await this.#reports.find(id);
    // Its report follows.
    if (!report && row.cancelled === id) throw new RefreshCancelledError();
    if (!report) return false;
    if (report.takenOverBy) return this.#hasSucceeded(report.takenOverBy, row, onReport);
    onReport(report);
    if (report.state !== RefreshState.SUCCEEDED) throw errorOf(report);
    return true;
  }

  async #take(report: Refresh, dead: RefreshLeaseRow | null): Promise<boolean> {
    const { numUpdatedRows } = await this.#row()
      .set((eb) => ({ holder: report.id, token: eb('token', '+', 1), beat: 0, renewed_at: now, report: brief(report) }))
      .where((eb) =>
        dead?.holder
          ? eb.and({ holder: dead.holder, token: dead.token, beat: dead.beat })
          : eb('holder', 'in', ['', this.#ended]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** A heartbeat that fails is no reason to give up: the fence in the transaction decides. */
  #grant(report: Refresh, dead: RefreshLeaseRow | null, onLost: (cause: Error) => void): Grant {
    const { id } = report;
    let hasEnded = false;
    let isBeating = false;
    const timer = setInterval(async () => {
      if (isBeating) return;
      isBeating = true;
      const lost = await this.#beat(report).catch(() => null);
      isBeating = false;
      if (lost && !hasEnded) onLost(lost);
    }, this.#times.beatMs);
    const end = () => {
      hasEnded = true;
      clearInterval(timer);
      this.#ended = id;
    };
    return { id, abandoned: dead?.holder ? dead : null, end };
  }

  /** Renews the lease with the report so far. Returns why it was lost, if it was. */
  async #beat(report: Refresh): Promise<Error | null> {
    const { numUpdatedRows } = await this.#held(report.id)
      .set((eb) => ({ beat: eb('beat', '+', 1), renewed_at: now, report: brief(report) }))
      .executeTakeFirst();
    return numUpdatedRows > 0n ? null : this.whyLost(report);
  }

  #held(id: string) {
    return this.#row().where('holder', '=', id);
  }

  #row() {
    return this.#database.kysely.updateTable('refresh_lease').where('name', '=', NAME);
  }
}

/** For people who look at the table; no decision depends on it. */
const now = sql<string>`current_timestamp`;

/** Without the warnings, which the final report has. */
function brief(report: Refresh): string {
  return JSON.stringify({ ...report, warnings: [] });
}
