import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';

const WINDOW_MS = 60_000;
const MAX_CLIENTS = 20_000;

interface Spent {
  cost: number;
  sinceMs: number;
}

/**
 * What the queries of one client may cost in a minute, together. A limit of requests alone would let one client keep a
 * processor busy with the costliest queries there may be.
 */
export function createCostBudget(perMinute: number): (client: string, cost: number) => void {
  const clients = new LRUCache<string, Spent>({ max: MAX_CLIENTS });
  return (client, cost) => {
    if (perMinute === 0) return;
    const now = Date.now();
    const before = clients.get(client);
    const spent = before && now - before.sinceMs < WINDOW_MS ? before : { cost: 0, sinceMs: now };
    if (spent.cost > 0 && spent.cost + cost > perMinute)
      throw overspent(perMinute, spent.sinceMs + WINDOW_MS - now);
    clients.set(client, { ...spent, cost: spent.cost + cost });
  };
}

function overspent(perMinute: number, leftMs: number): GraphQLError {
  const seconds = Math.ceil(leftMs / 1000);
  const message = `Queries that cost more than ${perMinute} a minute (COST_LIMIT); try again in ${seconds} s`;
  const headers = new Map([['retry-after', String(seconds)]]);
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', http: { status: 429, headers } } });
}
