import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from '../errors.js';
import type { RefreshService } from './refresh.service.js';
import { type Refresh, RefreshState } from './refresh.type.js';

/** How often other processes' refreshes are looked at, for of them no steps are told here. */
const POLL_MS = 1_000;

/**
 * The state of a refresh now, every step that follows, and its end. Without an id it is the one that is running, or
 * else the next that begins. Progress never goes back.
 */
export async function* progressOf(
  refreshes: RefreshService,
  id: string | null | undefined,
): AsyncGenerator<Refresh> {
  const steps = collectSteps(refreshes);
  try {
    let last = id ? await known(refreshes, id) : await nextRunning(refreshes, steps);
    yield last;
    while (last.state === RefreshState.RUNNING) {
      const next = steps.shift(last.id) ?? (await later(refreshes, last.id, steps));
      if (!next || !isBehind(last, next)) continue;
      last = next;
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

async function nextRunning(refreshes: RefreshService, steps: Steps): Promise<Refresh> {
  for (;;) {
    const report = steps.shift() ?? (await refreshes.running());
    if (report?.state === RefreshState.RUNNING && !report.dryRun) return report;
    await steps.wait(POLL_MS);
  }
}

async function later(refreshes: RefreshService, id: string, steps: Steps): Promise<Refresh | null> {
  await steps.wait(POLL_MS);
  return steps.shift(id) ?? refreshes.find(id);
}

function isBehind(last: Refresh, next: Refresh): boolean {
  const changed = next.state !== last.state || JSON.stringify(next.phases) !== JSON.stringify(last.phases);
  return changed && (next.progress >= last.progress || next.state !== RefreshState.RUNNING);
}

interface Steps {
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
  const stopWatching = refreshes.watch((report) => {
    steps.push(report);
    wake.abort();
  });
  return {
    shift(id) {
      while (steps[0] && id !== undefined && steps[0].id !== id) steps.shift();
      return steps.shift();
    },
    async wait(timeoutMs) {
      if (steps.length > 0) return;
      wake = new AbortController();
      await sleep(timeoutMs, undefined, { signal: wake.signal, ref: false }).catch(() => undefined);
    },
    stop() {
      stopWatching();
      wake.abort();
    },
  };
}
