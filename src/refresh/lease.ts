import { sql } from 'kysely';
import type { Database, Statement } from '../db/database.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { Refresh } from './refresh.type.js';
import { RefreshCancelledError, RefreshTakenOverError } from './refresh-errors.js';

const NAME = 'refresh';

export interface LeaseTimes {
  /** A holder that was not seen to send a heartbeat for this long is considered dead. */
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

interface AcquireOptions {
  /** A holder that is known to be dead, as it was last seen. */
  dead: RefreshLeaseRow | null;
  /** Called when a heartbeat finds that the lease was revoked or taken over. */
  onLost(cause: Error): void;
}

/**
 * One row in the database says which refresh may write. No clock of any machine decides whether the holder is alive:
 * its heartbeats are counted, and each waiting process measures by itself how long the count has stayed the same.
 */
export class RefreshLease {
  readonly #database: Database;
  readonly #times: LeaseTimes;
  /** The last refresh of this process, which may have failed to release the lease. */
  #ended = '';
  /** The last heartbeat that was seen, and when that was first. */
  #seen = { beat: '', at: 0 };

  constructor(database: Database, times: LeaseTimes = LEASE_TIMES) {
    this.#database = database;
    this.#times = times;
  }

  /**
   * Throws LeaseHeldError, unless that holder is `dead` and no other process has taken over. One round trip when the
   * lease is free. The heartbeat begins with the grant.
   */
  async acquire(report: Refresh, { dead, onLost }: AcquireOptions): Promise<Grant> {
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
    const { holder, beat, report } = await this.read();
    if (holder === '') return null;
    const [seen, now] = [`${holder} ${beat}`, performance.now()];
    if (this.#seen.beat !== seen) this.#seen = { beat: seen, at: now };
    return now - this.#seen.at < this.#times.expiryMs ? (JSON.parse(report) as Refresh) : null;
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

  async #take(report: Refresh, from: RefreshLeaseRow | null): Promise<boolean> {
    const { numUpdatedRows } = await this.#row()
      .set((eb) => ({ holder: report.id, token: eb('token', '+', 1), beat: 0, renewed_at: now, report: brief(report) }))
      .where((eb) =>
        from?.holder
          ? eb.and({ holder: from.holder, token: from.token, beat: from.beat })
          : eb('holder', 'in', ['', this.#ended]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  #grant(report: Refresh, from: RefreshLeaseRow | null, onLost: (cause: Error) => void): Grant {
    const { id } = report;
    const stopHeartbeat = this.#startHeartbeat(report, onLost);
    const end = () => {
      stopHeartbeat();
      this.#ended = id;
    };
    return { id, abandoned: from?.holder ? from : null, end };
  }

  /** A heartbeat that fails is no reason to give up: the fence in the transaction decides. */
  #startHeartbeat(report: Refresh, onLost: (cause: Error) => void): () => void {
    let isStopped = false;
    let isBeating = false;
    const timer = setInterval(async () => {
      if (isBeating) return;
      isBeating = true;
      const lost = await this.#beat(report).catch(() => null);
      isBeating = false;
      if (lost && !isStopped) onLost(lost);
    }, this.#times.beatMs);
    return () => {
      isStopped = true;
      clearInterval(timer);
    };
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

/** For people who look at the table: nothing is decided by it. */
const now = sql<string>`current_timestamp`;

/** Without the warnings, which the final report has. */
function brief(report: Refresh): string {
  return JSON.stringify({ ...report, warnings: [] });
}
