import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { LeaseTimes, RefreshLease } from './lease.js';
import type { Refresh } from './refresh.type.js';
import { RefreshCancelledError } from './refresh-errors.js';
import type { RefreshReports } from './repository.js';

export interface FollowOptions {
  lease: RefreshLease;
  reports: RefreshReports;
  times: LeaseTimes;
  signal: AbortSignal;
  onReport: (report: Refresh) => void;
}

/**
 * Waits for the report of a refresh that another process runs. When that process dies, it returns the row that it has
 * left in place of a report.
 */
export async function follow(
  holder: RefreshLeaseRow,
  { lease, reports, times, signal, onReport }: FollowOptions,
): Promise<{ report: Refresh } | { dead: RefreshLeaseRow }> {
  let last = holder;
  let aliveAt = performance.now();
  for (;;) {
    const { row, ageMs } = await lease.read();
    if (row.holder !== holder.holder) return endOf(holder, row, reports);
    const silentMs = Math.max(ageMs, performance.now() - aliveAt);
    if (row.beat !== last.beat) {
      aliveAt = performance.now();
      onReport(JSON.parse(row.report) as Refresh);
    } else if (silentMs >= times.expiryMs) return { dead: row };
    last = row;
    await sleep(times.pollMs, undefined, { signal });
  }
}

/** It has ended, or somebody else has found it dead and taken over: then that one is to be followed. */
async function endOf(holder: RefreshLeaseRow, now: RefreshLeaseRow, reports: RefreshReports) {
  const report = await reports.find(holder.holder);
  if (report) return { report };
  if (now.cancelled === holder.holder) throw new RefreshCancelledError();
  return { dead: now };
}
