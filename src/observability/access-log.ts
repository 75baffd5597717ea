import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestFacts } from '../graphql/context.js';
import type { Logger } from '../logger.js';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
  }
}

/** A request that was answered, or whose client closed the connection before. */
export interface AccessLogEntry {
  requestId: string;
  method: string;
  /** Without the query string, which may hold private data. */
  path: string;
  /** The pattern of the route, or `none`: a label of metrics, since clients can invent any number of paths. */
  route: string;
  headers: IncomingHttpHeaders;
  status: number;
  durationMs: number;
  ip: string;
  facts: RequestFacts;
}

export interface RequestTracker {
  /** Adds a listener for finished requests: log, metrics, traces. */
  onRequestFinished(listener: (entry: AccessLogEntry) => void): void;
  /** Whether a request on this connection has not been answered. */
  isBusy(socket: Socket): boolean;
}

/** As many as clients commonly send at once on a connection of HTTP/2; those of HTTP/1.1 rarely send a second one. */
const MAX_PIPELINED = 100;

/** As in the log of nginx: the connection was closed before the response, nearly always by the client. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Follows each request to its end. When a connection is reset, a response that waits behind another one has no event of
 * its own, so the end of the connection finishes what is left. A connection with too many unanswered requests is closed:
 * Node parses all that have arrived at once, and the other clients would wait.
 */
export function trackRequests(app: FastifyInstance): RequestTracker {
  const listeners: ((entry: AccessLogEntry) => void)[] = [];
  const unfinished = new WeakMap<Socket, Set<FastifyReply>>();
  const routes = new Set<string>();
  const finish = (reply: FastifyReply, status: number) => {
    const entry = toEntry(reply, status, routes);
    for (const listener of listeners) listener(entry);
  };
  app.addHook('onRoute', ({ url }) => void routes.add(url));
  app.server.on('connection', (socket: Socket) => {
    // After a declined upgrade a connection is announced again.
    if (unfinished.has(socket)) return;
    const replies = new Set<FastifyReply>();
    unfinished.set(socket, replies);
    // Read now, since it is unknown once the connection is closed.
    void socket.remoteAddress;
    socket.once('close', () => {
      for (const reply of replies) finish(reply, CLIENT_CLOSED_REQUEST);
      replies.clear();
    });
  });
  app.decorateRequest('facts');
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const replies = unfinished.get(socket);
    // Without `done` the request ends here.
    if (replies && replies.size >= MAX_PIPELINED) return void socket.destroy();
    request.facts = {};
    reply.header('x-request-id', request.id);
    replies?.add(reply);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    // The set is missing for requests without a connection, as made by `inject`.
    const replies = unfinished.get(request.raw.socket);
    if (!replies || replies.delete(reply)) finish(reply, reply.statusCode);
    done();
  });
  return {
    onRequestFinished: (listener) => void listeners.push(listener),
    isBusy: (socket) => (unfinished.get(socket)?.size ?? 0) > 0,
  };
}

function toEntry(reply: FastifyReply, status: number, routes: ReadonlySet<string>): AccessLogEntry {
  const { id, method, url, headers, ip, facts, routeOptions } = reply.request;
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const route = routes.has(path) ? path : (routeOptions.url ?? 'none');
  return { requestId: id, method, path, route, headers, status, durationMs: reply.elapsedTime, ip, facts };
}

export function logRequests(logger: Logger, { onRequestFinished }: RequestTracker): void {
  if (!logger.isLevelEnabled('info')) return;
  onRequestFinished(({ requestId, method, path, status, durationMs, ip, facts }) => {
    const rounded = Math.round(durationMs * 10) / 10;
    logger.info({ requestId, method, path, status, durationMs: rounded, ip, ...facts }, 'request');
  });
}
