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
