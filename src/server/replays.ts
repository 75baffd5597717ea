import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Answer } from '../graphql/answer.js';
import type { AnswerCache } from '../graphql/answer-cache.js';
import type { Hit } from '../graphql/graphql-handler.js';
import type { RequestFacts } from '../graphql/request-facts.js';

/** What went over the wire, but for what is another one each time. */
export interface Recording {
  /** Names and values in turn, as Node takes them. */
  head: string[];
  body: string | Buffer;
  facts: RequestFacts;
}

/** Characters of requests that are remembered. */
const MAX_REMEMBERED = 4_000_000;
const MAX_BODY_BYTES = 16_384;

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

  /** Whether it is worth looking at the body. */
  mayHave({ method, url, headers }: IncomingMessage): boolean {
    if (!this.#answers.keeps) return false;
    return method === 'POST' && url === '/graphql' && Number(headers['content-length']) <= MAX_BODY_BYTES;
  }

  find(request: IncomingMessage, body: Buffer): Recording | undefined {
    // A part of a body is the beginning of many.
    if (body.length !== Number(request.headers['content-length'])) return undefined;
    const key = keyOf(request, body);
    const question = this.#questions.get(key);
    const answer = question === undefined ? undefined : this.#answers.kept(question);
    const recording = answer && this.#recordings.get(answer)?.get(key);
    if (!recording) this.#missed.set(request, key);
    return recording;
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
    const recordings = this.#recordings.get(answer) ?? new Map<string, Recording>();
    if (recordings.size >= MAX_PER_ANSWER) return;
    this.#questions.set(key, question);
    this.#recordings.set(answer, recordings.set(key, { head: headOf(headers, body), body, facts }));
  }
}

/** Everything of a request that its answer may depend on. */
function keyOf({ headers }: IncomingMessage, body: Buffer): string {
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
