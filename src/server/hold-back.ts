import { setTimeout as delay } from 'node:timers/promises';

const HOLD_MS = 500;

/** Whoever is over a limit is answered a little later: who asks again as soon as there is an answer asks less by it. */
export async function holdBack(): Promise<void> {
  await delay(HOLD_MS);
}
