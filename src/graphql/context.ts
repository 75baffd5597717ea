import type { DocumentNode } from 'graphql';
import { CountryService } from '../countries/country.service.js';
import type { SnapshotCache } from '../countries/country.snapshot.js';
import { CurrencyService } from '../currencies/currency.service.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { StatusService } from '../refresh/status.service.js';

export interface Services {
  snapshots: SnapshotCache;
  countries: CountryService;
  refreshes: RefreshService;
  status: StatusService;
}

/** What one client may spend. */
export interface CostBudget {
  /** Throws RATE_LIMITED when the client has less. A full purse is enough for any query. */
  spend(cost: number): void;
  /** For what has been done already. */
  charge(cost: number): void;
}

export interface RequestContext extends RefreshContext {
  requestId: string;
  /** What the caller may still spend on queries. */
  budget: CostBudget;
  facts: RequestFacts;
  /** Filled in once the query has been found to be valid. Apollo hands on a copy of the context, but this very object. */
  valid: { document?: DocumentNode };
  /** From now on the query's time is limited. */
  startClock(): void;
  /** Whether nobody waits for the answer any more. */
  isCancelled(): boolean;
}

/** What a resolver may know of the HTTP request. */
export type RequestTraits = Pick<
  RequestContext,
  'requestId' | 'budget' | 'mayChange' | 'facts' | 'startClock' | 'isCancelled'
>;

/** What the resolvers get: the services, with countries and currencies as of one data version. */
export function createRequestContext(services: Services, traits: RequestTraits): RequestContext {
  const snapshots = services.snapshots.pinned();
  return {
    ...services,
    ...traits,
    countries: new CountryService(snapshots),
    currencies: new CurrencyService(snapshots),
    valid: {},
  };
}

/** What a request turns out to be; it becomes one line in the log. Whoever knows a fact fills it in. */
export interface RequestFacts {
  operation?: string;
  cost?: number;
  /** Whether the answer was kept from an earlier request. */
  cache?: 'hit' | 'miss';
  /** The codes of the errors in the answer. */
  codes?: string[];
  /** Who changed something. */
  actor?: string;
  /** The id of the refresh that the request has started. */
  refresh?: string;
}
