import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import type { Recording, Replays } from './replays.js';
import type { Accounts } from './served.js';

export interface FrontDoorParts {
  replays: Replays;
  accounts: Accounts;
  ipOf(request: IncomingMessage): string;
  /** Counts the request of a client. Returns what its answer says of that; null when it is one too many. */
  admit(ip: string): readonly string[] | null;
}

/** Answers what can be replayed, and hands everything else to Fastify. */
export function frontDoor(parts: FrontDoorParts) {
  return (
    handle: RequestListener,
    { http, keepAliveTimeout, requestTimeout }: FastifyHttpOptions<Server>,
  ): Server => {
    const server = createServer({ ...http }, (request, response) => {
      // While it stops, Fastify knows what to say to whom.
      if (!server.listening || !parts.replays.mayHave(request)) return handle(request, response);
      request.once('readable', () => {
        const body: Buffer = request.read() ?? NOTHING;
        const recording = parts.replays.find(request, body);
        const handOn = () => {
          // For whoever reads it now.
          if (body.length > 0) request.unshift(body);
          handle(request, response);
        };
        if (recording) replay(parts, recording, { request, response, handOn });
        else handOn();
      });
    });
    if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
    if (requestTimeout !== undefined) server.requestTimeout = requestTimeout;
    return server;
  };
}

const NOTHING = Buffer.alloc(0);

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Answers it the long way. */
  handOn(): void;
}

function replay(parts: FrontDoorParts, recording: Recording, exchange: Exchange): void {
  const ip = parts.ipOf(exchange.request);
  const admission = parts.admit(ip);
  if (admission !== null) send(parts.accounts, recording, exchange, ip, admission);
  else exchange.handOn();
}

function send(
  accounts: Accounts,
  { head, body, facts }: Recording,
  { request, response }: Exchange,
  ip: string,
  admission: readonly string[],
): void {
  const begun = performance.now();
  const requestId = randomUUID();
  response.once('close', () =>
    accounts.tell({
      requestId,
      method: 'POST',
      path: '/graphql',
      route: '/graphql',
      headers: request.headers,
      status: 200,
      durationMs: performance.now() - begun,
      ip,
      facts,
    }),
  );
  // To its end, or the connection would take no other request.
  request.resume();
  response.writeHead(200, [...head, ...admission, 'x-request-id', requestId]);
  response.end(body);
}
