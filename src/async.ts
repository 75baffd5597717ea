import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a command as long as `nextDelayMs` says how long to wait before the next attempt; null gives up with the error.
 * `retries` counts from 0. When `signal` ends a wait, the last error is thrown, because it says more than an abort.
 */
export async function retryWhile<T>(
  command: () => Promise<T>,
  nextDelayMs: (error: unknown, retries: number) => number | null,
  signal?: AbortSignal,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await command();
    } catch (error) {
      const delayMs = nextDelayMs(error, retries);
      if (delayMs === null) throw error;
      await sleep(delayMs, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** Exponential backoff with full jitter, so that clients that failed together do not retry together. */
export function backoffMs(baseMs: number, retries: number): number {
  return Math.random() * baseMs * 2 ** retries;
}

/**
 * Runs something that must end with the parent signal or after `timeoutMs`. The timer refers to the signal: one from
 * AbortSignal.timeout that only AbortSignal.any refers to may be garbage-collected, and then never fires.
 */
export async function withDeadline<T>(
  parent: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timeout = new DOMException('The time is over', 'TimeoutError');
  const timer = setTimeout(() => controller.abort(timeout), timeoutMs);
  const stop = () => controller.abort(parent.reason);
  if (parent.aborted) stop();
  parent.addEventListener('abort', stop, { once: true });
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    parent.removeEventListener('abort', stop);
  }
}
