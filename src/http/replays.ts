import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { AnswerCache } from '../graphql/answer-cache.js';
import type { RequestFacts } from '../graphql/context.js';
import type { Hit } from '../graphql/graphql-handler.js';
import type { Answer } from '../graphql/response.js';
import { headLines } from './front-door.js';

/** What went over the wire, but for what is another one each time. */
export interface Recording {
  /** Names and values in turn, as Node takes them. */
  head: string[];
  /** The same, as they are sent. */
  lines: string;
  body: string | Buffer;
  facts: RequestFacts;
}

/** Of a request all that its answer, the log and the count of its client depend on. */
export interface KnownRequest {
  key: string;
  headers: IncomingHttpHeaders;
}

/** Characters of requests that are remembered. */
const MAX_REMEMBERED = 4_000_000;
/** Node stops a connection with as much that nobody reads. */
const MAX_BODY_BYTES = 16_383;

/** Requests for one answer differ in few ways, unless somebody plays with them. */
const MAX_PER_ANSWER = 10;

const OF_ONE_REQUEST = new Set(['x-request-id', 'date', 'connection', 'keep-alive', 'content-length']);

/**
 * The same bytes asked again are answered with the same bytes, for as long as the answer is kept: nothing is parsed,
 * routed or put together for them. What an answer looks like is not known here; it is recorded as it goes out.
 */
export class Replays {
  readonly #answers: AnswerCache;
  readonly #questions = new LRUCache<string, string>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: (question, request) => question.length + request.length,
  });
  /** They go with their answers. */
  readonly #recordings = new WeakMap<Answer, Map<string, Recording>>();
  readonly #missed = new WeakMap<IncomingMessage, string>();
  readonly #expected = new WeakMap<IncomingMessage, Hit>();

  constructor(answers: AnswerCache) {
    this.#answers = answers;
  }

  get keeps(): boolean {
    return this.#answers.keeps;
  }

  /** Whether it is worth looking at the body. */
  mayHave({ method, url, headers }: IncomingMessage): boolean {
    const length = Number(headers['content-length']);
    // To look at an empty body is to end it, before Fastify can hear of its end.
    return method === 'POST' && url === '/graphql' && length > 0 && length <= MAX_BODY_BYTES;
  }

  /** Undefined where not all of it has come: a part of a body is the beginning of many. */
  known(request: IncomingMessage, body: Buffer): KnownRequest | undefined {
    const { headers } = request;
    if (body.length !== Number(headers['content-length'])) return undefined;
    return { key: keyOf(headers, body), headers };
  }

  find({ key }: KnownRequest): Recording | undefined {
    const question = this.#questions.get(key);
    const answer = question === undefined ? undefined : this.#answers.kept(question);
    return answer && this.#recordings.get(answer)?.get(key);
  }

  /** It goes the long way, and is recorded there. */
  miss(request: IncomingMessage, { key }: KnownRequest): void {
    this.#missed.set(request, key);
  }

  /** A hit that goes the long way, before its head is known. */
  expect(request: IncomingMessage, hit: Hit): void {
    if (this.#missed.has(request)) this.#expected.set(request, hit);
  }

  /** Records it when it has gone out. */
  record(request: IncomingMessage, headers: Readonly<Record<string, unknown>>, facts: RequestFacts): void {
    const [key, hit] = [this.#missed.get(request), this.#expected.get(request)];
    if (key === undefined || !hit) return;
    const { question, answer, body } = hit;
    const head = headOf(headers, body);
    const recordings = this.#recordings.get(answer) ?? new Map<string, Recording>();
    if (recordings.size >= MAX_PER_ANSWER) return;
    this.#questions.set(key, question);
    this.#recordings.set(answer, recordings.set(key, { head, lines: headLines(head), body, facts }));
  }
}

/** Everything of a request that its answer may depend on. */
function keyOf(headers: IncomingHttpHeaders, body: Buffer): string {
  const { accept, origin } = headers;
  const type = headers['content-type'];
  const encodings = headers['accept-encoding'];
  return `${type}\n${accept}\n${encodings}\n${origin}\n${body.toString('latin1')}`;
}

function headOf(headers: Readonly<Record<string, unknown>>, body: string | Buffer): string[] {
  const head = Object.entries(headers).filter(([name]) => !isOfOneRequest(name));
  return [...head.flat().map(String), 'content-length', String(Buffer.byteLength(body))];
}

function isOfOneRequest(name: string): boolean {
  return OF_ONE_REQUEST.has(name) || name.startsWith('x-ratelimit-');
}
