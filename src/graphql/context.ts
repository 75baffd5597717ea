import type { DocumentNode } from 'graphql';
import { CountryService } from '../countries/country.service.js';
import type { SnapshotCache } from '../countries/snapshot-cache.js';
import { CurrencyService } from '../currencies/currency.service.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { StatusService } from '../refresh/status.service.js';

export interface Services {
  snapshots: SnapshotCache;
  refreshes: RefreshService;
  status: StatusService;
}

/** What the queries of one client may cost. */
export interface CostBudget {
  /** Throws RATE_LIMITED when less is left. A full budget is enough for any query. */
  spend(cost: number): void;
  /** For work that is done already. */
  charge(cost: number): void;
}

/** What a resolver, or a plugin of Apollo, may know of the HTTP request. */
export interface RequestTraits extends Pick<RefreshContext, 'mayChange' | 'isTrusted'> {
  requestId: string;
  budget: CostBudget;
  facts: RequestFacts;
  /** From now on the time of the query is limited. */
  startClock(): void;
  /** Whether the response is no longer wanted. */
  isCancelled(): boolean;
}

export interface RequestContext extends RefreshContext, RequestTraits {
  facts: RequestFacts;
  /** Set once the query has been validated. Apollo passes on a copy of the context, but this very object. */
  validated: { document?: DocumentNode };
}

/** What the resolvers get: the services, with countries and currencies as of one data version. */
export function createRequestContext(
  { snapshots, refreshes, status }: Services,
  traits: RequestTraits,
): RequestContext {
  const pinned = snapshots.pinned();
  // Not a copy of the traits, which would take a twentieth of the time of a small query.
  return Object.assign(traits, {
    refreshes,
    status,
    countries: new CountryService(pinned),
    currencies: new CurrencyService(pinned),
    validated: {},
  });
}

/** Facts that are collected while a request is answered, for its access-log entry. */
export interface RequestFacts {
  operation?: string;
  cost?: number;
  /** Whether the response shows what may change without a new data version, and is not cached. */
  isLive?: boolean;
  /** Whether the response came from the cache. */
  cache?: 'hit' | 'miss';
  /** The codes of the errors in the response. */
  codes?: string[];
  /** Who changed something. */
  actor?: string;
  /** The id of the refresh that the request has started. */
  refresh?: string;
}
