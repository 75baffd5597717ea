import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { clientKey } from '../../net.js';
import type { CostBudget } from '../context.js';

const MAX_CLIENTS = 20_000;

/** So much can be spent at once; the rest of a minute's budget comes with time. */
const BURST_S = 10;

interface Purse {
  left: number;
  atMs: number;
}

/**
 * What the queries of one client may cost together. A limit of requests alone would let one client keep a processor
 * busy with the costliest queries there may be. Returns the budget of the client at an address.
 */
export function createCostBudgets(perMinute: number): (address: string) => CostBudget {
  if (perMinute === 0) return () => UNLIMITED;
  const perSecond = perMinute / 60;
  const full = perSecond * BURST_S;
  const purses = new LRUCache<string, Purse>({ max: MAX_CLIENTS });
  return (address) => {
    const client = clientKey(address);
    const left = () => {
      const { left, atMs } = purses.get(client) ?? { left: full, atMs: Date.now() };
      return Math.min(full, left + ((Date.now() - atMs) / 1000) * perSecond);
    };
    const charge = (cost: number) => {
      // Never deeper in debt than a full purse, or one mistake would be paid for too long.
      purses.set(client, { left: Math.max(-full, left() - cost), atMs: Date.now() });
    };
    return {
      charge,
      spend(cost) {
        const wanted = Math.min(cost, full);
        if (left() < wanted) throw overspent(perMinute, (wanted - left()) / perSecond);
        charge(cost);
      },
    };
  };
}

const UNLIMITED: CostBudget = { spend: () => undefined, charge: () => undefined };

function overspent(perMinute: number, waitS: number): GraphQLError {
  const seconds = Math.ceil(waitS);
  const message = `Queries that cost more than ${perMinute} a minute (COST_LIMIT); try again in ${seconds} s`;
  const headers = new Map([['retry-after', String(seconds)]]);
  return new GraphQLError(message, {
    extensions: { code: 'RATE_LIMITED', http: { status: 429, headers } },
  });
}
