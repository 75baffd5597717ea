import type { MessagePort } from 'node:worker_threads';
import { HeldByAnother } from '../lease.js';
import type { Refresh } from '../refresh.type.js';
import { RefreshProgress } from '../report.js';
import type { Run, RunParts } from '../runner.js';
import type { End, FromRun, Order, ToRun } from './messages.js';
import { fromPlain, toPlain } from './plain-error.js';

export interface Serving {
  begin: (parts: Omit<RunParts, 'reports' | 'lease'>) => Run;
  /** What follows a commit, one after the other. */
  afterwards: (work: () => Promise<void>) => Promise<void>;
}

/** Runs one refresh, and tells whoever ordered it of every step. */
export async function serveRun(
  port: MessagePort,
  { report, force, dead }: Order,
  { begin, afterwards }: Serving,
): Promise<void> {
  const tell = (message: FromRun) => port.postMessage(message);
  const changes = changesOf(report);
  const progress = new RefreshProgress(report, () => tell({ changes: changes() }));
  const abort = new AbortController();
  port.on('message', (message: ToRun) => abort.abort(fromPlain(message.abort)));
  const run = begin({ progress, abort, force });
  const running = report.dryRun ? run.withoutWriting() : run.holdingTheLease(dead, () => tell('granted'));
  const ended: End = await running.then(() => undefined, endOf);
  tell({ ended });
  if (!ended && !report.dryRun) await afterwards(() => run.finishOff());
  port.close();
}

function endOf(error: unknown): End {
  return error instanceof HeldByAnother ? { heldBy: error.row } : { failure: toPlain(error) };
}

/** What has changed since it was last asked for. Only the phases change in themselves; everything else is replaced. */
function changesOf(report: Refresh): () => Partial<Refresh> {
  let told = { ...report };
  return () => {
    const isNew = ([name, value]: [string, unknown]) =>
      name === 'phases' || value !== told[name as keyof Refresh];
    const changes = Object.fromEntries(Object.entries(report).filter(isNew));
    told = { ...report };
    return changes;
  };
}
