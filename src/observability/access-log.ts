import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestFacts } from '../graphql/context.js';
import type { Logger } from '../logger.js';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
  }
}

/** A request that has been answered, or whose client has closed the connection before. */
export interface AccessLogEntry {
  requestId: string;
  method: string;
  /** Without the query string, which may hold private data. */
  path: string;
  /** The pattern that it matched. */
  route: string;
  headers: IncomingHttpHeaders;
  status: number;
  durationMs: number;
  ip: string;
  facts: RequestFacts;
}

type Listener = (entry: AccessLogEntry) => void;

export interface RequestTracker {
  /** Log, metrics and traces are told of every request that has finished. */
  onRequestFinished(listener: Listener): void;
  /** Whether a request of this connection has not been answered. */
  isBusy(socket: Socket): boolean;
}

/** As nginx has it in its log: the client closed the connection before it was answered. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Gives each request its id and follows it to its end. A response that waits behind another on a pipelined connection
 * has no event of its own when the connection is reset, so what is left of a connection ends with its socket.
 */
export function trackRequests(app: FastifyInstance): RequestTracker {
  const listeners: Listener[] = [];
  const unfinished = new WeakMap<Socket, Map<FastifyRequest, FastifyReply>>();
  const finish = (request: FastifyRequest, reply: FastifyReply, status: number) => {
    const entry = toEntry(request, reply, status);
    for (const listener of listeners) listener(entry);
  };
  app.server.on('connection', (socket: Socket) => {
    // A connection that is handed back after an upgrade was declined comes a second time.
    if (unfinished.has(socket)) return;
    const requests = new Map<FastifyRequest, FastifyReply>();
    unfinished.set(socket, requests);
    socket.once('close', () => {
      for (const [request, reply] of requests) finish(request, reply, CLIENT_CLOSED_REQUEST);
      requests.clear();
    });
  });
  app.decorateRequest('facts');
  app.addHook('onRequest', (request, reply, done) => {
    request.facts = {};
    reply.header('x-request-id', request.id);
    unfinished.get(request.raw.socket)?.set(request, reply);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    // A request without a socket of the server's is one that was injected.
    const requests = unfinished.get(request.raw.socket);
    if (!requests || requests.delete(request)) finish(request, reply, reply.statusCode);
    done();
  });
  return {
    onRequestFinished: (listener) => void listeners.push(listener),
    isBusy: (socket) => (unfinished.get(socket)?.size ?? 0) > 0,
  };
}

function toEntry(request: FastifyRequest, reply: FastifyReply, status: number): AccessLogEntry {
  const { id, method, url, headers, ip, facts, routeOptions } = request;
  return {
    requestId: id,
    method,
    path: pathOf(url),
    route: routeOptions.url ?? 'none',
    headers,
    status,
    durationMs: reply.elapsedTime,
    ip,
    facts,
  };
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** One line for each request. */
export function logRequests(logger: Logger, { onRequestFinished }: RequestTracker): void {
  onRequestFinished(({ requestId, method, path, status, durationMs, ip, facts }) => {
    const rounded = Math.round(durationMs * 10) / 10;
    logger.info({ requestId, method, path, status, durationMs: rounded, ip, ...facts }, 'request');
  });
}
