import { tooComplex } from '../graphql/limits/document.js';

/** The time limit of a query. */
export class QueryDeadline {
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => undefined;
  isOver = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.end();
      this.#reject(timedOut(this.#timeoutMs));
    }, this.#timeoutMs);
  }

  /** Rejects when the time is up. */
  race<T>(response: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      response.then(resolve, reject);
    });
  }

  /** No further field of the query is resolved. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
  }
}

/** Rejects when the work takes longer than a query may. */
export function withinTime<T>(timeoutMs: number, work: (isOver: () => boolean) => Promise<T>): Promise<T> {
  const deadline = new QueryDeadline(timeoutMs);
  deadline.start();
  return deadline.race(work(() => deadline.isOver)).finally(() => deadline.end());
}

function timedOut(timeoutMs: number) {
  const seconds = timeoutMs / 1000;
  return tooComplex(`The query took longer than ${seconds} s (QUERY_TIMEOUT) and was cancelled`, {
    limit: 'QUERY_TIMEOUT',
    allowed: seconds,
    http: { status: 503 },
  });
}
