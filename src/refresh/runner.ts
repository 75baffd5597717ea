import type { RefreshLeaseRow } from '../db/tables.js';
import type { RefreshLease } from './lease.js';
import type { Refresh } from './refresh.type.js';
import type { RefreshProgress } from './report.js';
import type { RefreshReports } from './repository.js';

/** Runs the refreshes of a process: on the thread that wants them, or on another. */
export interface Runner {
  /** Where something of the next one is under way: since when, on the clock of `performance.now`. */
  readonly begunAt?: number | undefined;
  /** Nothing of it is done before one of its methods is called. */
  begin(parts: RunParts): Run;
}

export interface RunParts {
  progress: RefreshProgress;
  /** Ends it before its commit. */
  abort: AbortController;
  /** Ask the sources again for what is still fresh. */
  force: boolean;
  reports: RefreshReports;
  lease: RefreshLease;
}

/** One refresh with its report, whether it succeeds or fails. What it rejects with is what it failed for. */
export interface Run {
  /** A dry run: it needs no lease. */
  withoutWriting(): Promise<Refresh>;
  /** Throws HeldByAnother without the lease. `dead` is the holder that is known to be none any more. */
  holdingTheLease(dead: RefreshLeaseRow | undefined, onGranted: () => void): Promise<Refresh>;
  /** What follows the commit, and nobody waits for. It never rejects. */
  finishOff(): Promise<void>;
}
