import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { clientKey } from '../../net.js';
import type { CostBudget } from '../context.js';

const MAX_CLIENTS = 20_000;

/** Seconds of the minute's budget that can be spent at once. */
const BURST_S = 10;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket for each client, of which queries take their cost. With a limit of requests alone, the most expensive
 * queries of one client would keep a processor busy. Returns the budget of the client at an address.
 */
export function createCostBudgets(perMinute: number): (address: string) => CostBudget {
  if (perMinute === 0) return () => UNLIMITED;
  const perSecond = perMinute / 60;
  const full = perSecond * BURST_S;
  const buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });
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
