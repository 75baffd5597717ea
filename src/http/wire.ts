import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Characters of requests that are remembered, with what was learnt of them. */
const MAX_REMEMBERED = 4_000_000;

/** Nobody sends a longer one again and again. */
const MAX_BYTES = 20_000;

/** After so many in a row that nobody sent before, nothing on a connection repeats. */
const MAX_STRANGERS = 100;

/** When so many connections have come since anything was last sent again, one in as many is looked at. */
const MAX_FRUITLESS = 32;

type Parse = (piece: Buffer) => void;
type AnswerBytes = (bytes: string, socket: Socket) => boolean;

/** Answers what was learnt from the bytes of a request; false where it has to be parsed after all. */
export type AnswerLearnt<Learnt> = (learnt: Learnt, socket: Socket) => boolean;

/** The bytes of a request mean that, whenever they are sent again. */
export type Learn<Learnt> = (request: IncomingMessage, learnt: Learnt) => void;

/**
 * Looks at what comes over each connection before `node:http` parses it: a request that was parsed before, byte for
 * byte, need not be parsed again.
 */
export function watchWires<Learnt extends object>(
  server: Server,
  answer: AnswerLearnt<Learnt>,
): Learn<Learnt> {
  const learnt = new LRUCache<string, Learnt>({
    maxSize: MAX_REMEMBERED,
    // Key, headers and question are about as long again.
    sizeCalculation: (_learnt, bytes) => 2 * bytes.length + 1_000,
  });
  let [opened, fruitless] = [0, 0];
  const answerBytes: AnswerBytes = (bytes, socket) => {
    const known = learnt.get(bytes);
    if (known === undefined) return false;
    fruitless = 0;
    return answer(known, socket);
  };
  const wires = new WeakMap<Socket, Wire>();
  server.on('connection', (socket: Socket) => {
    opened += 1;
    // To read for itself costs node:http more than to read past the socket.
    if (fruitless >= MAX_FRUITLESS && opened % MAX_FRUITLESS > 0) return;
    fruitless += 1;
    // node:http has its own there already. Should it read in another way one day, all is parsed as without a wire.
    const [parse, ...others] = socket.listeners('data') as Parse[];
    if (parse && others.length === 0) wires.set(socket, new Wire(socket, parse, answerBytes));
  });
  server.on('request', (request, response) => wires.get(request.socket)?.hear(request, response));
  server.on('upgrade', ({ socket }) => wires.get(socket)?.leave());
  return (request, known) => {
    const bytes = wires.get(request.socket)?.bytesOf(request);
    if (bytes !== undefined) learnt.set(bytes, known);
  };
}

/**
 * A connection of which is certain where its requests begin: each piece that came was one whole request. The same bytes
 * in the middle of something else are not a request, so at the first piece of which that is not certain the connection
 * is left to `node:http` alone, for good.
 */
class Wire {
  readonly #socket: Socket;
  readonly #parse: Parse;
  readonly #answer: AnswerBytes;
  readonly #look = (piece: Buffer) => this.#read(piece);
  /** The requests that `node:http` has not answered yet, with their bytes. */
  readonly #unanswered = new Map<IncomingMessage, string>();
  /** What `node:http` makes of the piece that it is parsing. */
  #heard: [IncomingMessage, ServerResponse][] | undefined;
  /** `node:http` closes a connection on which it hears nothing, so the first request is always its. */
  #isNew = true;
  #strangers = 0;

  constructor(socket: Socket, parse: Parse, answer: AnswerBytes) {
    this.#socket = socket;
    this.#parse = parse;
    this.#answer = answer;
    socket.removeListener('data', parse);
    // From here on node:http no longer reads past the socket.
    socket.on('data', this.#look);
  }

  hear(request: IncomingMessage, response: ServerResponse): void {
    this.#heard?.push([request, response]);
  }

  /** Those of a request that came whole and by itself, until it is answered. */
  bytesOf(request: IncomingMessage): string | undefined {
    return this.#unanswered.get(request);
  }

  leave(): void {
    this.#socket.removeListener('data', this.#look);
  }

  #read(piece: Buffer): void {
    const bytes = piece.length <= MAX_BYTES ? piece.toString('latin1') : '';
    if (this.#mayAnswer() && this.#answer(bytes, this.#socket)) {
      this.#strangers = 0;
      return;
    }
    this.#isNew = false;
    this.#strangers += 1;
    this.#heard = [];
    this.#parse(piece);
    const [heard] = this.#heard;
    this.#heard = undefined;
    if (heard && this.#strangers <= MAX_STRANGERS && isAllOf(bytes, ...heard)) {
      this.#follow(bytes, ...heard);
    } else {
      this.#handOver();
    }
  }

  /** Answers keep their order, and what a client does not take is `node:http`'s to hold back. */
  #mayAnswer(): boolean {
    const { writable, writableLength } = this.#socket;
    return !this.#isNew && this.#unanswered.size === 0 && writable && writableLength === 0;
  }

  #follow(bytes: string, request: IncomingMessage, response: ServerResponse): void {
    this.#unanswered.set(request, bytes);
    response.once('close', () => this.#unanswered.delete(request));
  }

  #handOver(): void {
    // What has become a web socket is nobody's of HTTP any more.
    if (!this.#socket.listeners('data').includes(this.#look)) return;
    this.leave();
    this.#socket.on('data', this.#parse);
  }
}

/**
 * Whether the bytes are this request and nothing else: the parser lacks nothing of it, they begin with its method, the
 * one empty line ends the head, however leniently ends of lines are taken, and the body is as long as the head says.
 * The connection stays open after it.
 */
function isAllOf(bytes: string, request: IncomingMessage, { shouldKeepAlive }: ServerResponse): boolean {
  const { complete, method = '', headers } = request;
  if (!complete || !shouldKeepAlive || headers['transfer-encoding'] !== undefined) return false;
  const bodyLength = Number(headers['content-length'] ?? 0);
  const headEnd = bytes.indexOf('\r\n\r\n') + 4;
  if (!bytes.startsWith(`${method} `) || headEnd + bodyLength !== bytes.length) return false;
  return !BARE_LINE_END.test(bytes.slice(0, headEnd));
}

const BARE_LINE_END = /\r(?!\n)|(?<!\r)\n/;
