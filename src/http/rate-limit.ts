import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import { clientKey } from '../net.js';
import type { FrontDoorParts } from './front-door.js';

const WINDOW_MS = 60_000;

/** Probes and scrapes come from the operator, and must get through when everything is busy. */
const FREE = new Set(['/health', '/ready', '/metrics']);

/**
 * So many requests a minute for each client: an IPv4 address, or an IPv6 network of 64 bits. Returns what counts those
 * that go past Fastify.
 */
export async function limitRate(
  app: FastifyInstance,
  { rateLimit }: Config['http'],
): Promise<FrontDoorParts['admit']> {
  if (rateLimit === 0) return () => [];
  const counts = new RequestCounts(WINDOW_MS);
  class Store {
    incr(client: string, done: (error: Error | null, count?: Count) => void): void {
      done(null, counts.count(client));
    }

    child(): Store {
      return this;
    }
  }
  await app.register(fastifyRateLimit, {
    max: rateLimit,
    timeWindow: WINDOW_MS,
    store: Store,
    keyGenerator: ({ ip }) => clientKey(ip),
    allowList: (request) => FREE.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => {
      const seconds = Math.ceil(ttl / 1000);
      const message = `More than ${max} requests a minute (RATE_LIMIT); try again in ${seconds} s`;
      return Object.assign(new Error(message), { statusCode: 429 });
    },
  });
  return (ip) => {
    const { current, ttl } = counts.count(clientKey(ip));
    return current > rateLimit ? null : headersOf(rateLimit, current, ttl);
  };
}

/** As Fastify's limiter tells it. */
function headersOf(max: number, current: number, ttl: number): string[] {
  const [left, seconds] = [max - current, Math.ceil(ttl / 1000)];
  return [
    ...['x-ratelimit-limit', String(max)],
    ...['x-ratelimit-remaining', String(left)],
    ...['x-ratelimit-reset', String(seconds)],
  ];
}

/** How many clients are counted at once. Beyond that those are forgotten that were not seen for the longest time. */
const MAX_CLIENTS = 20_000;

interface Count {
  /** Requests in the window, this one among them. */
  current: number;
  /** Milliseconds until the window ends. */
  ttl: number;
}

/** The requests of each client since its window began. */
class RequestCounts {
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
