import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long clients that keep a connection open are given to use it once more and learn that it is closed. */
const FAREWELL_MS = 1_000;

/** After this, requests that are still in the making are cut. */
const CUT_AFTER_MS = 15_000;

/**
 * A stop that loses no request. While it stops, every answer says `Connection: close`; the door stays open for a moment
 * so that clients with open connections hear it, for a request that crosses with the end of its connection is lost.
 */
export function stopGently(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    await connectionsEnded(app, FAREWELL_MS);
    setTimeout(() => app.server.closeAllConnections(), CUT_AFTER_MS).unref();
  });
}

async function connectionsEnded(app: FastifyInstance, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (Date.now() < end && (await openConnections(app)) > 0) await delay(20);
}

function openConnections({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
}
