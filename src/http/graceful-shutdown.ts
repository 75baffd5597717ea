import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { RequestTracker } from '../observability/access-log.js';
import { isWebSocketUpgrade } from './websockets.js';

/** How long idle connections stay open for one more request, whose response announces that they close. */
const DRAIN_MS = 1_000;

/** How long to wait at most for a moment without new connections. */
const QUIET_WITHIN_MS = 500;
const QUIET_TURN_MS = 1;

/** Then connections with requests in flight are cut. */
const CUT_AFTER_MS = 15_000;

/**
 * Graceful shutdown without lost requests. Stops accepting connections first: a client that is refused can safely retry.
 * Then responses carry `Connection: close`. Idle connections stay open for a moment, because a request that crosses with
 * the end of its connection is lost. Requests in flight finish.
 */
export function drainOnClose(app: FastifyInstance, requests: RequestTracker): void {
  const connections = trackConnections(app);
  app.addHook('preClose', async () => {
    await stopListening(app, connections);
    await closed(connections.open, DRAIN_MS);
    await closed(connections.open, CUT_AFTER_MS, () => closeIdle(connections.open, requests));
    for (const socket of connections.open) socket.destroy();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    // Fastify sends `Connection: close` as soon as it closes. A client that reconnects now would be refused.
    // Only where it is set: Node sends no Connection header at all once it was removed.
    const { raw } = reply;
    if (app.server.listening && raw.hasHeader('connection')) raw.removeHeader('connection');
    done();
  });
}

interface Connections {
  open: Set<Socket>;
  /** Since the start. */
  accepted: number;
}

function trackConnections({ server }: FastifyInstance): Connections {
  const connections: Connections = { open: new Set(), accepted: 0 };
  const { open } = connections;
  server.on('connection', (socket) => {
    // After a declined upgrade a connection is announced again.
    if (open.has(socket)) return;
    connections.accepted += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // Web sockets are closed by their own server.
  server.on('upgrade', (request) => {
    if (isWebSocketUpgrade(request)) open.delete(request.socket);
  });
  return connections;
}

/**
 * Closes the listening socket only: the HTTP server's own `close` would also cut connections whose request is on its
 * way. The system resets connections that wait to be accepted, so it is closed after a turn of the event loop that was
 * short, and in which none came.
 */
async function stopListening({ server }: FastifyInstance, connections: Connections): Promise<void> {
  const end = performance.now() + QUIET_WITHIN_MS;
  for (let isQuiet = false; !isQuiet && performance.now() < end; ) {
    const [accepted, begun] = [connections.accepted, performance.now()];
    await nextTurn();
    await nextTurn();
    isQuiet = connections.accepted === accepted && performance.now() - begun < QUIET_TURN_MS;
  }
  if (server.listening) NetServer.prototype.close.call(server);
}

function closeIdle(open: Set<Socket>, requests: RequestTracker): void {
  for (const socket of open) {
    // A response may still be on its way to a slow client.
    if (!requests.isBusy(socket) && socket.writableLength === 0) socket.destroy();
  }
}

async function closed(sockets: Set<Socket>, withinMs: number, meanwhile = () => {}): Promise<void> {
  const end = performance.now() + withinMs;
  while (sockets.size > 0 && performance.now() < end) {
    meanwhile();
    await delay(10);
  }
}
