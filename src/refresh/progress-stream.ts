import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from '../errors.js';
import { RefreshState } from './phases.js';
import type { RefreshService, RefreshSteps } from './refresh.service.js';
import type { Refresh } from './refresh.type.js';

/** How often the refreshes of other processes are looked up, which emit no events here. */
const POLL_MS = 1_000;

/**
 * The present state of a refresh, every step that follows, and its end. Without an id: the one that is running, or the
 * next one. Progress never decreases. Throws NOT_FOUND when the id is unknown.
 */
export async function progressOf(
  refreshes: RefreshService,
  id: string | null | undefined,
): Promise<AsyncIterable<Refresh>> {
  if (id && !(await refreshes.find(id))) throw new NotFoundError(`There is no refresh ${JSON.stringify(id)}`);
  const steps = refreshes.steps();
  const states = statesOf(refreshes, id, steps);
  const iterator: AsyncIterableIterator<Refresh> = {
    next: () => states.next(),
    // A generator ends at its next yield, which may never come, so what it waits for is ended.
    return() {
      void steps.return();
      return states.return(undefined);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* statesOf(
  refreshes: RefreshService,
  id: string | null | undefined,
  steps: RefreshSteps,
): AsyncGenerator<Refresh, undefined> {
  let last: Refresh | undefined;
  const look = () => {
    const wanted = last?.id ?? id;
    return wanted ? refreshes.find(wanted) : refreshes.running();
  };
  try {
    for await (const next of reportsOf(look, steps)) {
      if (last ? !isNews(next, last) : !isWanted(next, id)) continue;
      // A copy, because the report goes on changing.
      last = structuredClone(next);
      yield last;
      if (last.state !== RefreshState.RUNNING) return;
    }
  } finally {
    await steps.return();
  }
}

/** What `look` finds now, then the events of this process, and after every second without one what `look` finds then. */
async function* reportsOf(look: () => Promise<Refresh | null>, steps: RefreshSteps): AsyncGenerator<Refresh> {
  for (let next = steps.next(), step: Awaited<typeof next> | null = null; !step?.done; ) {
    // The subscription outlives a database that is away for a while.
    const report = step ? step.value[0] : await look().catch(() => null);
    if (report) yield report;
    step = await Promise.race([next, sleep(POLL_MS, null, { ref: false })]);
    if (step) next = steps.next();
  }
}

function isWanted(next: Refresh, id: string | null | undefined): boolean {
  return id ? next.id === id : next.state === RefreshState.RUNNING && !next.dryRun;
}

function isNews(next: Refresh, last: Refresh): boolean {
  if (next.id !== last.id) return false;
  const changed = next.state !== last.state || JSON.stringify(next.phases) !== JSON.stringify(last.phases);
  return changed && (next.progress >= last.progress || next.state !== RefreshState.RUNNING);
}
