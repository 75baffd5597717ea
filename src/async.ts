import { setTimeout as delay } from 'node:timers/promises';

/** Repeats a command that fails in a passing way until it succeeds, fails otherwise, or `limitMs` are over. */
export async function waitWhile<T>(
  isPassing: (error: unknown) => boolean,
  limitMs: number,
  command: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, 50)) {
    try {
      return await command();
    } catch (error) {
      if (!isPassing(error) || performance.now() >= deadline) {
        throw error;
      }
      await delay(pauseMs);
    }
  }
}

/**
 * Runs something that must end with the parent signal or after a time of its own. The timer holds the signal: one of
 * AbortSignal.timeout that only AbortSignal.any refers to may be collected as garbage, and then never fires.
 */
export async function withDeadline<T>(
  parent: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time is over', 'TimeoutError')),
    timeoutMs,
  );
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
