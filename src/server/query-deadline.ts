import type { ServerResponse } from 'node:http';
import { tooComplex } from '../graphql/limits/too-complex.js';

/** The time that a query has, and whether anybody still waits for its answer. */
export class QueryDeadline {
  readonly #response: ServerResponse;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(response: ServerResponse, timeoutMs: number) {
    this.#response = response;
    this.#timeoutMs = timeoutMs;
  }

  get isCancelled(): boolean {
    // Closed without an answer: the client hung up.
    return this.#isOver || this.#response.closed;
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.end();
      this.#giveUp(tooLong(this.#timeoutMs));
    }, this.#timeoutMs);
  }

  /** What comes of the query. Rejects when its time is up. */
  waitFor<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      answer.then(resolve, reject);
    });
  }

  /** Whatever still runs for the query is not waited for. */
  end(): void {
    this.#isOver = true;
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
