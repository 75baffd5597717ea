import { RefreshCancelledError, RefreshTakenOverError } from './ended.js';
import type { Grant, RefreshLease } from './lease.js';
import type { Refresh } from './refresh.type.js';

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
