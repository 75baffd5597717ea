import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions } from 'fastify';
import type { Accounts } from '../observability/access-log.js';
import { createServer } from '../runtime.js';
import type { AddressedRequest } from './client-address.js';
import type { KnownRequest, Recording, Replays } from './replays.js';
import { watchWires } from './wire.js';

export interface FrontDoorParts {
  replays: Replays;
  accounts: Accounts;
  ipOf(request: AddressedRequest): string;
  /** Counts the request of a client. Returns what its answer says of that; null when it is one too many. */
  admit(ip: string): readonly string[] | null;
}

/** Answers what can be replayed, and hands everything else to Fastify. */
export function frontDoor(parts: FrontDoorParts) {
  return (
    handle: RequestListener,
    { http, keepAliveTimeout, requestTimeout }: FastifyHttpOptions<Server>,
  ): Server => {
    const server = createServer({ ...http });
    if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
    if (requestTimeout !== undefined) server.requestTimeout = requestTimeout;
    return server.on('request', parts.replays.keeps ? replaying(server, parts, handle) : handle);
  };
}

function replaying(server: Server, parts: FrontDoorParts, handle: RequestListener): RequestListener {
  const { replays } = parts;
  const learn = watchWires<KnownRequest>(server, (known, socket) => {
    // While it stops, Fastify knows what to say to whom.
    return server.listening && replayOnWire(parts, known, socket, server.keepAliveTimeout);
  });
  return (request, response) => {
    if (!server.listening || !replays.mayHave(request)) return handle(request, response);
    const look = () => {
      const body: Buffer = request.read() ?? NOTHING;
      const known = replays.known(request, body);
      if (known && replay(parts, known, request, response)) return learn(request, known);
      if (known) replays.miss(request, known);
      // For whoever reads it now.
      if (body.length > 0) request.unshift(body);
      handle(request, response);
    };
    // By then all is parsed that has arrived; most often that is all of the request.
    process.nextTick(() => {
      if (request.readableLength > 0 || request.complete) look();
      else request.once('readable', look);
    });
  };
}

const NOTHING = Buffer.alloc(0);

/** False where it has to go the long way. */
function replay(
  parts: FrontDoorParts,
  known: KnownRequest,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const replayed = begin(parts, known, request.socket);
  if (!replayed) return false;
  const { recording, ownHead, tell } = replayed;
  response.writeHead(200, [...recording.head, ...ownHead]);
  response.end(recording.body);
  if (response.writableFinished) tell();
  else response.once('close', tell);
  return true;
}

/** As `node:http` would write it. */
function replayOnWire(
  parts: FrontDoorParts,
  known: KnownRequest,
  socket: Socket,
  keepAliveMs: number,
): boolean {
  const replayed = begin(parts, known, socket);
  if (!replayed) return false;
  const { recording, ownHead, tell } = replayed;
  const head = wireHead(recording.lines, ownHead, keepAliveMs);
  if (typeof recording.body === 'string') {
    socket.write(head + recording.body, tell);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(recording.body, tell);
    socket.uncork();
  }
  return true;
}

interface Replayed {
  recording: Recording;
  /** What is another one for each request: names and values in turn. */
  ownHead: string[];
  /** To be called when it has gone out, or its client has. */
  tell(): void;
}

function begin({ replays, accounts, ipOf, admit }: FrontDoorParts, known: KnownRequest, socket: Socket) {
  const recording = replays.find(known);
  if (!recording) return undefined;
  const { headers } = known;
  const ip = ipOf({ headers, socket });
  const admission = admit(ip);
  if (admission === null) return undefined;
  const begun = performance.now();
  const requestId = randomUUID();
  const tell = () =>
    accounts.tell({
      requestId,
      method: 'POST',
      path: '/graphql',
      route: '/graphql',
      headers,
      status: 200,
      durationMs: performance.now() - begun,
      ip,
      facts: recording.facts,
    });
  const replayed: Replayed = { recording, ownHead: [...admission, 'x-request-id', requestId], tell };
  return replayed;
}

/** Names and values in turn, as lines. */
export function headLines(head: readonly string[]): string {
  let lines = '';
  for (let at = 0; at < head.length; at += 2) lines += `${head[at]}: ${head[at + 1]}\r\n`;
  return lines;
}

/** The head of an answer, to the byte as `node:http` writes it on a connection that stays open. */
function wireHead(lines: string, ownHead: readonly string[], keepAliveMs: number): string {
  const keepAlive = keepAliveMs > 0 ? `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n` : '';
  const own = headLines(ownHead);
  return `HTTP/1.1 200 OK\r\n${lines}${own}Date: ${httpDate()}\r\nConnection: keep-alive\r\n${keepAlive}\r\n`;
}

let told = { second: 0, text: '' };

function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== told.second) told = { second, text: new Date(second * 1000).toUTCString() };
  return told.text;
}
