import { sql } from 'kysely';
import type { Database, Statement } from '../db/database.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { Refresh } from './refresh.type.js';
import { RefreshCancelledError, RefreshTakenOverError } from './refresh-errors.js';

const NAME = 'refresh';

export interface LeaseTimes {
  /** A holder that has given no sign of life for so long is taken for dead. */
  expiryMs: number;
  /** How often a holder gives one. */
  beatMs: number;
  /** How often those who wait for another process look. */
  pollMs: number;
}

export const LEASE_TIMES: LeaseTimes = { expiryMs: 15_000, beatMs: 2_000, pollMs: 300 };

/** The right to write the refreshed data, as long as nobody else has taken it. */
export interface Grant {
  /** That of the refresh. It is random and never used again, so it also tells the lease from what follows it. */
  id: string;
  /** Whose it was, when that process has ended without giving it back. */
  abandoned: RefreshLeaseRow | null;
}

/** The lease is with another refresh, of this process or of another one. */
export class HeldByAnother extends Error {
  readonly row: RefreshLeaseRow;

  constructor(row: RefreshLeaseRow) {
    super(`The refresh ${row.holder} is running`);
    this.row = row;
  }
}

/**
 * One row in the database says which refresh may write. It works alike on every dialect, and needs no clock but the
 * database's own and the stop-watch of whoever waits.
 */
export class RefreshLease {
  readonly #database: Database;
  readonly #times: LeaseTimes;
  /** A refresh of this process that could not give the lease back: nobody else needs to wait for it here. */
  #ended = '';

  constructor(database: Database, times: LeaseTimes) {
    this.#database = database;
    this.#times = times;
  }

  /**
   * Throws HeldByAnother, unless that holder is `dead` or has been silent for too long. One round trip where the lease
   * is free; to have it already is no obstacle.
   */
  async acquire(report: Refresh, dead?: RefreshLeaseRow): Promise<Grant> {
    if (await this.#take(report, dead)) return grantOf(report, dead);
    const { row, ageMs } = await this.read();
    if (row.holder !== '' && ageMs < this.#times.expiryMs) throw new HeldByAnother(row);
    if (await this.#take(report, row)) return grantOf(report, row);
    throw new HeldByAnother((await this.read()).row);
  }

  async read(): Promise<{ row: RefreshLeaseRow; ageMs: number }> {
    const { now, ...row } = await this.#database.kysely
      .selectFrom('refresh_lease')
      .selectAll()
      .select(sql<string>`current_timestamp`.as('now'))
      .where('name', '=', NAME)
      .executeTakeFirstOrThrow();
    return { row, ageMs: moment(now) - moment(row.renewed_at) };
  }

  /** A sign of life, with the report so far. False when the lease is another's by now. */
  async renew(grant: Grant, report: Refresh): Promise<boolean> {
    const { numUpdatedRows } = await this.#held(grant)
      .set((eb) => ({ beat: eb('beat', '+', 1), renewed_at: now, report: brief(report) }))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Takes the lease from a refresh before its commit. False when it has committed, or does not run. */
  async takeAway(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#row()
      .set((eb) => ({ holder: '', token: eb('token', '+', 1), cancelled: id, report: '' }))
      .where('holder', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * As the first statement of a transaction it keeps the others from the lease until the end, and lets the transaction
   * fail when they have it already: the column takes no null.
   */
  fence({ id }: Grant): Statement {
    const holder = sql<string>`case when holder = ${id} then holder end`;
    return this.#row().set({ holder });
  }

  release(grant: Grant): Statement {
    return this.#held(grant).set({ holder: '', report: '' });
  }

  /** By itself, where nothing else is to be written. */
  async giveBack(grant: Grant): Promise<void> {
    await this.#database.kysely.executeQuery(this.release(grant).compile());
  }

  /** The refresh has ended, whether or not it could give the lease back. */
  forget({ id }: Grant): void {
    this.#ended = id;
  }

  async #take(report: Refresh, from?: RefreshLeaseRow): Promise<boolean> {
    const { numUpdatedRows } = await this.#row()
      .set((eb) => ({
        holder: report.id,
        token: eb('token', '+', 1),
        beat: 0,
        renewed_at: now,
        report: brief(report),
      }))
      .where((eb) =>
        eb.or([
          eb('holder', 'in', ['', this.#ended, report.id]),
          ...(from ? [eb.and({ holder: from.holder, token: from.token, beat: from.beat })] : []),
        ]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  #held({ id }: Grant) {
    return this.#row().where('holder', '=', id);
  }

  #row() {
    return this.#database.kysely.updateTable('refresh_lease').where('name', '=', NAME);
  }
}

function grantOf({ id }: Refresh, from: RefreshLeaseRow | undefined): Grant {
  return { id, abandoned: from?.holder ? from : null };
}

const now = sql<string>`current_timestamp`;

/** What others show of a running refresh: its warnings are in the report that it leaves. */
function brief(report: Refresh): string {
  return JSON.stringify({ ...report, warnings: [] });
}

function moment(stored: string): number {
  return Date.parse(`${stored.replace(' ', 'T')}Z`);
}

/**
 * Gives signs of life until the returned function is called, and tells when the lease has been taken away. A beat that
 * the database does not take is no reason to give up: the fence in the transaction has the last word.
 */
export function startHeartbeat(
  lease: RefreshLease,
  grant: Grant,
  { report, beatMs, onLost }: { report: Refresh; beatMs: number; onLost: (cause: Error) => void },
): () => void {
  let stopped = false;
  let beating = false;
  const timer = setInterval(async () => {
    if (beating) return;
    beating = true;
    const lost = await beat(lease, grant, report).catch(() => null);
    beating = false;
    if (lost && !stopped) onLost(lost);
  }, beatMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

async function beat(lease: RefreshLease, grant: Grant, report: Refresh): Promise<Error | null> {
  return (await lease.renew(grant, report)) ? null : whyLost(lease, grant);
}

/** Why the lease is not ours; null when it is. */
export async function whyLost(lease: RefreshLease, { id }: Grant): Promise<Error | null> {
  const { row } = await lease.read();
  if (row.holder === id) return null;
  return row.cancelled === id ? new RefreshCancelledError() : new RefreshTakenOverError();
}
