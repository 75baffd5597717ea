import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { WebSocketServer } from 'ws';
import type { AppContext } from '../context.js';
import { readManifest } from '../graphql/persisted-queries.js';
import { createSchema } from '../graphql/schema.js';
import { subscriptionServer } from '../graphql/subscriptions.js';
import { SocketPlaces } from './socket-places.js';

/** A subscription is a few hundred bytes. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

/** Subscriptions by the graphql-ws protocol, on the path of the other operations. */
export function serveSubscriptions(app: FastifyInstance, context: AppContext): void {
  // Most servers never see a subscription: what serves it is loaded with the first.
  let opening: Promise<Door> | undefined;
  const places = new SocketPlaces(context.config.http);
  app.server.on('upgrade', async (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    const leave = places.take(request);
    if (leave === null) return refuse(socket, '503 Service Unavailable');
    socket.once('close', leave);
    opening ??= openDoor(context);
    const { sockets } = await opening;
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Before Fastify waits for open connections: subscribers are told that the server goes away.
  app.addHook('preClose', async () => (await opening)?.close());
}

interface Door {
  sockets: WebSocketServer;
  close(): Promise<void>;
}

async function openDoor({ config: { http }, logger, services: { refreshes } }: AppContext): Promise<Door> {
  const [{ WebSocketServer }, { useServer }] = await Promise.all([import('ws'), import('graphql-ws/use/ws')]);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES });
  const options = subscriptionServer({
    schema: createSchema(),
    context: { refreshes },
    logger,
    introspection: http.introspection,
    listed: http.persistedQueriesFile === undefined ? undefined : readManifest(http.persistedQueriesFile),
  });
  const { dispose } = useServer({ ...options, isProd: true }, sockets);
  return { sockets, close: async () => dispose() };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
