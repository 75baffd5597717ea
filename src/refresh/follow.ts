import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { LeaseTimes, RefreshLease } from './lease.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { errorOf, RefreshCancelledError } from './refresh-errors.js';
import type { RefreshReports } from './repository.js';

export interface FollowOptions {
  lease: RefreshLease;
  reports: RefreshReports;
  times: LeaseTimes;
  signal: AbortSignal;
  onReport: (report: Refresh) => void;
}

/**
 * Waits for a refresh of another process, and for the one that takes over when that process dies. Returns null when it
 * has succeeded, and the lease when it is up to the caller: it is free again, or its holder is dead. Throws what
 * the refresh failed with.
 */
export async function follow(
  holder: RefreshLeaseRow,
  { lease, reports, times, signal, onReport }: FollowOptions,
): Promise<RefreshLeaseRow | null> {
  let last = holder;
  let lookedAt = performance.now();
  let silentMs = 0;
  const show = () => last.report !== '' && onReport(JSON.parse(last.report) as Refresh);
  show();
  for (;;) {
    await sleep(times.pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    const row = await lease.read();
    if (row.holder !== last.holder) {
      const report = await finalReport(last.holder, row, reports);
      if (report) return endWith(report, onReport);
      if (row.holder === '') return row;
    }
    const now = performance.now();
    // A look that took long says little: a database that hangs holds up the heartbeats as well.
    silentMs += Math.min(now - lookedAt, times.beatMs);
    lookedAt = now;
    if (row.holder !== last.holder || row.beat !== last.beat) {
      silentMs = 0;
      last = row;
      show();
    } else if (silentMs >= times.expiryMs) return row;
  }
}

/** The report of a refresh that has ended, or of the one that took it over. Null while that one is running. */
async function finalReport(id: string, row: RefreshLeaseRow, reports: RefreshReports): Promise<Refresh | null> {
  const report = await reports.find(id);
  // Its report follows.
  if (!report && row.cancelled === id) throw new RefreshCancelledError();
  return report?.takenOverBy ? finalReport(report.takenOverBy, row, reports) : report;
}

function endWith(report: Refresh, onReport: FollowOptions['onReport']): null {
  onReport(report);
  if (report.state !== RefreshState.SUCCEEDED) throw errorOf(report);
  return null;
}
