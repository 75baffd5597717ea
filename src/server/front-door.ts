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
  admit(ip: string): Promise<string[] | null> | string[];
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
        const recording = parts.replays.find(request, peek(request));
        if (recording) void replay(parts, recording, request, response, handle);
        else handle(request, response);
      });
    });
    if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
    if (requestTimeout !== undefined) server.requestTimeout = requestTimeout;
    return server;
  };
}

/** What has come of the body, which stays there for whoever reads it. A part of one is found nowhere. */
function peek(request: IncomingMessage): Buffer {
  const body: Buffer = request.read() ?? NOTHING;
  if (body.length > 0) request.unshift(body);
  return body;
}

const NOTHING = Buffer.alloc(0);

async function replay(
  { accounts, ipOf, admit }: FrontDoorParts,
  { head, body, facts }: Recording,
  request: IncomingMessage,
  response: ServerResponse,
  handle: RequestListener,
): Promise<void> {
  const begun = performance.now();
  const ip = ipOf(request);
  const admitting = admit(ip);
  const admission = admitting instanceof Promise ? await admitting : admitting;
  if (admission === null) return handle(request, response);
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
  request.resume();
  response.writeHead(200, [...head, ...admission, 'x-request-id', requestId]);
  response.end(body);
}
