import { setTimeout as sleep } from 'node:timers/promises';
import { HttpFailure } from './http-failure.js';

const MAX_RETRIES = 2;

export interface RetryLimits {
  signal: AbortSignal;
  /** No wait is longer: an answer after it could not be used any more. */
  timeoutMs: number;
  /** The longest pause before the first retry. */
  delayMs: number;
}

/** Tries again what may pass: with full jitter, so that many clients do not come back at the same moment. */
export async function withRetries<T>(run: () => Promise<T>, limits: RetryLimits): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof HttpFailure) || !error.isTransient || retries === MAX_RETRIES) throw error;
      await pause(error, limits, retries);
    }
  }
}

/** When the time runs out in the pause, the failure before it tells more than "no answer in time". */
async function pause(failure: HttpFailure, limits: RetryLimits, retries: number): Promise<void> {
  const jitterMs = Math.random() * limits.delayMs * 2 ** retries;
  const waitMs = (failure.retryAfterMs ?? 0) + jitterMs;
  if (waitMs > limits.timeoutMs) throw failure;
  await sleep(waitMs, undefined, { signal: limits.signal }).catch(() => {
    throw failure;
  });
}
