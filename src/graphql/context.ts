import type { DocumentNode } from 'graphql';
import { createCountryLoaders } from '../countries/country.loaders.js';
import type { CountryService } from '../countries/country.service.js';
import type { RemovedCountryService } from '../countries/removed-country.service.js';
import { createCurrencyLoaders } from '../currencies/currency.loaders.js';
import type { CurrencyService, RateService } from '../currencies/currency.service.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { StatusService } from '../refresh/status.service.js';

export interface Services {
  countries: CountryService;
  removedCountries: RemovedCountryService;
  currencies: CurrencyService;
  rates: RateService;
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

/** What the resolvers get: the services, and batches of this request's own. */
export function createRequestContext(services: Services, traits: RequestTraits): RequestContext {
  return Object.assign(new Batches(), services, traits, { valid: {} });
}

/** Made when the first link is followed, for most queries follow none. Getters of a class survive Apollo's copying. */
class Batches {
  declare countries: CountryService;
  declare currencies: CurrencyService;
  declare rates: RateService;

  get countryLoaders() {
    return own(this, 'countryLoaders', createCountryLoaders(this.countries));
  }

  get currencyLoaders() {
    return own(this, 'currencyLoaders', createCurrencyLoaders(this.currencies, this.rates));
  }
}

/** From then on it is a plain property. */
function own<T>(owner: object, name: string, value: T): T {
  Object.defineProperty(owner, name, { value });
  return value;
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
}
