import { createCountryLoaders } from '../countries/country.loaders.js';
import type { CountryService } from '../countries/country.service.js';
import { createCurrencyLoaders } from '../currencies/currency.loaders.js';
import type { CurrencyService } from '../currencies/currency.service.js';
import type { RateService } from '../currencies/rate.service.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { StatusService } from '../refresh/status.service.js';

export interface Services {
  countries: CountryService;
  currencies: CurrencyService;
  rates: RateService;
  refreshes: RefreshService;
  status: StatusService;
}

export interface RequestContext extends RefreshContext {
  requestId: string;
}

/** What the resolvers get: the services, and batches of this request's own. */
export function createRequestContext(
  services: Services,
  requestId: string,
  mayChange: () => string,
): RequestContext {
  const { countries, currencies, rates, refreshes, status } = services;
  return {
    countries,
    rates,
    refreshes,
    status,
    requestId,
    mayChange,
    countryLoaders: createCountryLoaders(countries),
    currencyLoaders: createCurrencyLoaders(currencies, rates),
  };
}
