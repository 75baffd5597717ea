import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from '../errors.js';
import { RefreshState } from './phases.js';
import type { RefreshService } from './refresh.service.js';
import type { Refresh } from './refresh.type.js';

/** How often other processes' refreshes are looked at, for of them no steps are told here. */
const POLL_MS = 1_000;

/**
 * The state of a refresh now, every step that follows, and its end. Without an id it is the one that is running, or
 * else the next that begins. Progress never goes back. Throws NOT_FOUND when the id is unknown.
 */
export async function progressOf(
  refreshes: RefreshService,
  id: string | null | undefined,
): Promise<AsyncIterable<Refresh>> {
  if (id) await known(refreshes, id);
  const steps = collectSteps(refreshes);
  const states = statesOf(refreshes, id, steps);
  const iterator: AsyncIterableIterator<Refresh> = {
    next: () => states.next(),
    // A generator alone would only hear of it at its next yield, which may never come.
    return() {
      steps.stop();
      return states.return(undefined);
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* statesOf(
  refreshes: RefreshService,
  id: string | null | undefined,
  steps: Steps,
): AsyncGenerator<Refresh, undefined> {
  try {
    let last = id ? await known(refreshes, id) : await nextRunning(refreshes, steps);
    // A report that is still written goes on changing; what has been sent must not.
    last = structuredClone(last);
    if (last) yield last;
    while (last?.state === RefreshState.RUNNING && !steps.stopped) {
      const next = steps.shift(last.id) ?? (await later(refreshes, last.id, steps));
      if (!next || !isBehind(last, next)) continue;
      last = structuredClone(next);
      yield last;
    }
  } finally {
    steps.stop();
  }
}

async function known(refreshes: RefreshService, id: string): Promise<Refresh> {
  const report = await refreshes.find(id);
  if (!report) throw new NotFoundError(`There is no refresh ${JSON.stringify(id)}`);
  return report;
}

async function nextRunning(refreshes: RefreshService, steps: Steps): Promise<Refresh | null> {
  while (!steps.stopped) {
    const report = steps.shift() ?? (await refreshes.running().catch(() => null));
    if (report?.state === RefreshState.RUNNING && !report.dryRun) return report;
    await steps.wait(POLL_MS);
  }
  return null;
}

async function later(refreshes: RefreshService, id: string, steps: Steps): Promise<Refresh | null> {
  await steps.wait(POLL_MS);
  // A database that is away for a while ends no subscription.
  return steps.shift(id) ?? refreshes.find(id).catch(() => null);
}

function isBehind(last: Refresh, next: Refresh): boolean {
  const changed = next.state !== last.state || JSON.stringify(next.phases) !== JSON.stringify(last.phases);
  return changed && (next.progress >= last.progress || next.state !== RefreshState.RUNNING);
}

interface Steps {
  readonly stopped: boolean;
  /** The first of those not taken yet, of this refresh or of any. */
  shift(id?: string): Refresh | undefined;
  /** Until there is one more, or the time is over. */
  wait(timeoutMs: number): Promise<void>;
  stop(): void;
}

/** Keeps the steps that this process tells of until the subscriber takes them. */
function collectSteps(refreshes: RefreshService): Steps {
  const steps: Refresh[] = [];
  let wake = new AbortController();
  let stopped = false;
  const stopWatching = refreshes.watch((report) => {
    steps.push(report);
    wake.abort();
  });
  return {
    get stopped() {
      return stopped;
    },
    shift(id) {
      while (steps[0] && id !== undefined && steps[0].id !== id) steps.shift();
      return steps.shift();
    },
    async wait(timeoutMs) {
      if (steps.length > 0 || stopped) return;
      wake = new AbortController();
      await sleep(timeoutMs, undefined, { signal: wake.signal, ref: false }).catch(() => undefined);
    },
    stop() {
      stopped = true;
      stopWatching();
      wake.abort();
    },
  };
}
