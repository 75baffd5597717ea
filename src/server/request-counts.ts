import { LRUCache } from 'lru-cache';

/** How many clients are counted at once. Beyond that those are forgotten that were not seen for the longest time. */
const MAX_CLIENTS = 20_000;

export interface Count {
  /** Requests in the window, this one among them. */
  current: number;
  /** Milliseconds until the window ends. */
  ttl: number;
}

/** The requests of each client since its window began. */
export class RequestCounts {
  readonly #windowMs: number;
  readonly #clients = new LRUCache<string, { current: number; begunAt: number }>({ max: MAX_CLIENTS });

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  count(client: string): Count {
    const now = performance.now();
    const known = this.#clients.get(client);
    const isOver = !known || now - known.begunAt >= this.#windowMs;
    const window = isOver ? { current: 0, begunAt: now } : known;
    window.current += 1;
    if (isOver) this.#clients.set(client, window);
    return { current: window.current, ttl: window.begunAt + this.#windowMs - now };
  }
}
