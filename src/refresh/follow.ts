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
 * Waits for a refresh of another process and reports its progress. Returns null when it has succeeded, and the lease
 * that it has left when that process has died. Throws what the refresh failed with.
 */
export async function follow(
  holder: RefreshLeaseRow,
  { lease, reports, times, signal, onReport }: FollowOptions,
): Promise<RefreshLeaseRow | null> {
  if (holder.report !== '') onReport(JSON.parse(holder.report) as Refresh);
  let last = holder;
  let aliveAt = performance.now();
  for (;;) {
    const { row, ageMs } = await lease.read();
    if (row.holder !== holder.holder) {
      const report = await reports.find(holder.holder);
      if (report) return endWith(report, onReport);
      if (row.cancelled === holder.holder) throw new RefreshCancelledError();
      // Yet another process has found it dead: the caller follows that one, or takes over.
      return row;
    }
    const silentMs = Math.max(ageMs, performance.now() - aliveAt);
    if (row.beat !== last.beat) {
      aliveAt = performance.now();
      onReport(JSON.parse(row.report) as Refresh);
    } else if (silentMs >= times.expiryMs) return row;
    last = row;
    await sleep(times.pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function endWith(report: Refresh, onReport: FollowOptions['onReport']): null {
  onReport(report);
  if (report.state !== RefreshState.SUCCEEDED) throw errorOf(report);
  return null;
}
