import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long clients with open connections are given to use them once more, and learn that they are closed. */
const FAREWELL_MS = 1_000;

/** How long a moment is waited for in which nobody comes. */
const QUIET_WITHIN_MS = 500;

/** After this, requests that are still being answered are cut. */
const CUT_AFTER_MS = 15_000;

/**
 * A stop that loses no request. First nobody is let in any more, which a client can tell from a failure and try again.
 * Then answers say `Connection: close`; open connections are left open for a moment, so that their clients hear that,
 * for a request that crosses with the end of its connection is lost. Who asked is served.
 */
export function stopGently(app: FastifyInstance): void {
  const connections = trackConnections(app);
  app.addHook('preClose', async () => {
    await closeDoor(app, connections);
    await ended(connections.open, FAREWELL_MS);
    await ended(connections.open, CUT_AFTER_MS, () => cutIdle(connections));
    for (const socket of connections.open) socket.destroy();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    // Fastify says `Connection: close` from the first moment. Who then comes back finds the door closing in his face.
    const { raw } = reply;
    if (app.server.listening && raw.hasHeader('connection')) raw.removeHeader('connection');
    done();
  });
}

interface Connections {
  open: Set<Socket>;
  /** How many requests of each are being answered. */
  busy: Map<Socket, number>;
  /** How many there were so far. */
  total: number;
}

function trackConnections({ server }: FastifyInstance): Connections {
  const connections: Connections = { open: new Set(), busy: new Map(), total: 0 };
  const { open, busy } = connections;
  server.on('connection', (socket) => {
    connections.total += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    busy.set(socket, (busy.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const others = (busy.get(socket) ?? 0) - 1;
      if (others > 0) busy.set(socket, others);
      else busy.delete(socket);
    });
  });
  // From here on somebody else's, who closes it.
  server.on('upgrade', ({ socket }) => open.delete(socket));
  return connections;
}

/**
 * The listening socket only: an HTTP server's own `close` would also cut connections whose request is on its way. The
 * system resets those who stand at the door when it closes, so it is closed behind a turn in which nobody came.
 */
async function closeDoor({ server }: FastifyInstance, connections: Connections): Promise<void> {
  const end = performance.now() + QUIET_WITHIN_MS;
  let before = -1;
  while (before !== connections.total && performance.now() < end) {
    before = connections.total;
    await nextTurn();
    await nextTurn();
  }
  if (server.listening) NetServer.prototype.close.call(server);
}

function cutIdle({ open, busy }: Connections): void {
  // What was replayed may still be on its way to a slow client.
  for (const socket of open) if (!busy.has(socket) && socket.writableLength === 0) socket.destroy();
}

async function ended(sockets: Set<Socket>, withinMs: number, meanwhile = () => {}): Promise<void> {
  const end = performance.now() + withinMs;
  while (sockets.size > 0 && performance.now() < end) {
    meanwhile();
    await delay(10);
  }
}
