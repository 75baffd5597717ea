import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';

const MAX_CLIENTS = 20_000;

/** So much can be spent at once; the rest of a minute's budget comes with time. */
const BURST_S = 10;

interface Purse {
  left: number;
  atMs: number;
}

export interface CostBudget {
  /** Throws RATE_LIMITED when the client has less. A full purse is enough for any query. */
  spend(client: string, cost: number): void;
  /** For what has been done already. */
  charge(client: string, cost: number): void;
}

/**
 * What the queries of one client may cost together. A limit of requests alone would let one client keep a processor
 * busy with the costliest queries there may be.
 */
export function createCostBudget(perMinute: number): CostBudget {
  const perSecond = perMinute / 60;
  const full = perSecond * BURST_S;
  const purses = new LRUCache<string, Purse>({ max: MAX_CLIENTS });
  const leftOf = (client: string) => {
    const { left, atMs } = purses.get(client) ?? { left: full, atMs: Date.now() };
    return Math.min(full, left + ((Date.now() - atMs) / 1000) * perSecond);
  };
  const charge = (client: string, cost: number) => {
    // Never deeper in debt than a full purse, or one mistake would be paid for too long.
    if (perMinute > 0) purses.set(client, { left: Math.max(-full, leftOf(client) - cost), atMs: Date.now() });
  };
  return {
    charge,
    spend(client, cost) {
      const wanted = Math.min(cost, full);
      const left = leftOf(client);
      if (perMinute > 0 && left < wanted) throw overspent(perMinute, (wanted - left) / perSecond);
      charge(client, cost);
    },
  };
}

function overspent(perMinute: number, waitS: number): GraphQLError {
  const seconds = Math.ceil(waitS);
  const message = `Queries that cost more than ${perMinute} a minute (COST_LIMIT); try again in ${seconds} s`;
  const headers = new Map([['retry-after', String(seconds)]]);
  return new GraphQLError(message, {
    extensions: { code: 'RATE_LIMITED', http: { status: 429, headers } },
  });
}
