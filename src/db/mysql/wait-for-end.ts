import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.js';

const DEADLINE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Ends the session that holds the lock of this name and waits until it has ended. A server that has lost its client
 * runs what it has received to the end, so before that nobody can say what the transaction has become.
 */
export async function waitForEnd(kysely: Kysely<Tables>, mark: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      const session = await holderOf(kysely, mark);
      if (session === null) return;
      await kill(kysely, session);
    } catch (error) {
      // The pool's connections may have been lost with the session; it opens new ones.
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error('the server does not end the session');
    await delay(PAUSE_MS);
  }
}

async function holderOf(kysely: Kysely<Tables>, mark: string): Promise<number | null> {
  const { rows } = await sql<{ session: number | null }>`select is_used_lock(${mark}) as session`.execute(
    kysely,
  );
  return rows[0]?.session ?? null;
}

/** It may have ended by itself in between. */
async function kill(kysely: Kysely<Tables>, session: number): Promise<void> {
  await sql`kill connection ${sql.lit(session)}`.execute(kysely).catch(() => undefined);
}
