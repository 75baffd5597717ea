import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import type { SnapshotCache } from '../countries/snapshot-cache.js';
import { DatabaseUnavailableError } from '../errors.js';
import type { CostBudget } from '../graphql/context.js';
import { tooComplex } from '../graphql/limits/document.js';
import { clientKey } from '../net.js';

/** Clients that are counted at once; the least recently seen one is evicted. */
const MAX_CLIENTS = 20_000;

/** Probes and scrapes come from the operator, and have to work under any load. */
const UNLIMITED_ROUTES = new Set(['/health', '/ready', '/metrics']);

/** Limits the requests per minute of a client: of an IPv4 address, or of an IPv6 network of 64 bits. */
export async function limitRate(app: FastifyInstance, { rateLimit }: Config['http']): Promise<void> {
  if (rateLimit === 0) return;
  await app.register(fastifyRateLimit, {
    max: rateLimit,
    timeWindow: 60_000,
    cache: MAX_CLIENTS,
    keyGenerator: ({ ip }) => clientKey(ip),
    allowList: (request) => UNLIMITED_ROUTES.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => {
      const seconds = Math.ceil(ttl / 1000);
      const message = `More than ${max} requests a minute (RATE_LIMIT); try again in ${seconds} s`;
      return Object.assign(new Error(message), { statusCode: 429 });
    },
  });
}

/** Seconds of the minute's budget that can be spent at once. */
const BURST_S = 10;

/**
 * A token bucket for each client, of which queries take their cost. With a limit of requests alone, the most expensive
 * queries of one client would keep a processor busy. Returns the budget of the client at an address.
 */
export function createCostBudgets(perMinute: number): (address: string) => CostBudget {
  if (perMinute === 0) return () => UNLIMITED;
  const perSecond = perMinute / 60;
  const full = perSecond * BURST_S;
  const buckets = new LRUCache<string, { tokens: number; atMs: number }>({ max: MAX_CLIENTS });
  return (address) => {
    const client = clientKey(address);
    const left = () => {
      const { tokens, atMs } = buckets.get(client) ?? { tokens: full, atMs: Date.now() };
      return Math.min(full, tokens + ((Date.now() - atMs) / 1000) * perSecond);
    };
    const charge = (cost: number) => {
      // Debt is limited as well: one expensive mistake does not lock a client out for long.
      buckets.set(client, { tokens: Math.max(-full, left() - cost), atMs: Date.now() });
    };
    const spend = (cost: number) => {
      const wanted = Math.min(cost, full);
      if (left() < wanted) throw overBudget(perMinute, (wanted - left()) / perSecond);
      charge(cost);
    };
    return { charge, spend };
  };
}

const UNLIMITED: CostBudget = { spend: () => undefined, charge: () => undefined };

function overBudget(perMinute: number, waitS: number): GraphQLError {
  const seconds = Math.ceil(waitS);
  const message = `Queries cost more than ${perMinute} a minute (COST_LIMIT); try again in ${seconds} s`;
  const headers = new Map([['retry-after', String(seconds)]]);
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', http: { status: 429, headers } } });
}

/** Says how long the database has not answered; null while it does. */
export type DatabaseState = Pick<SnapshotCache, 'unansweredMs'>;

/** The time limit of a query. */
export class QueryDeadline {
  readonly #timeoutMs: number;
  readonly #database: DatabaseState;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => undefined;
  isOver = false;

  constructor(timeoutMs: number, database: DatabaseState) {
    this.#timeoutMs = timeoutMs;
    this.#database = database;
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.end();
      this.#reject(timedOut(this.#timeoutMs, this.#database));
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
export function withinTime<T>(
  timeoutMs: number,
  database: DatabaseState,
  work: (isOver: () => boolean) => Promise<T>,
): Promise<T> {
  const deadline = new QueryDeadline(timeoutMs, database);
  deadline.start();
  return deadline.race(work(() => deadline.isOver)).finally(() => deadline.end());
}

/** A database that hangs is no fault of the query. */
function timedOut(timeoutMs: number, database: DatabaseState) {
  const seconds = timeoutMs / 1000;
  if (database.unansweredMs() !== null) {
    return new DatabaseUnavailableError(`The database did not answer within ${seconds} s (QUERY_TIMEOUT)`);
  }
  return tooComplex(`The query took longer than ${seconds} s (QUERY_TIMEOUT) and was cancelled`, {
    limit: 'QUERY_TIMEOUT',
    allowed: seconds,
    http: { status: 503 },
  });
}
