import type { FastifyReply } from 'fastify';
import { tooComplex } from '../graphql/limits/too-complex.js';

/** The time that a query has, and whether anybody still waits for its answer. */
export class QueryDeadline {
  /** Rejects when the time is up. */
  readonly expired: Promise<never>;
  isCancelled = false;
  readonly #timeoutMs: number;
  #expire: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(reply: FastifyReply, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.expired = new Promise((_resolve, reject) => {
      this.#expire = () => reject(tooLong(timeoutMs));
    });
    // The client hung up, or has its answer.
    reply.raw.once('close', () => this.#cancel());
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#cancel();
      this.#expire();
    }, this.#timeoutMs);
  }

  #cancel(): void {
    this.isCancelled = true;
    clearTimeout(this.#timer);
  }
}

function tooLong(timeoutMs: number) {
  const seconds = timeoutMs / 1000;
  return tooComplex(`The query took longer than ${seconds} s (QUERY_TIMEOUT) and was given up`, {
    limit: 'QUERY_TIMEOUT',
    allowed: seconds,
    http: { status: 503 },
  });
}
