import { createCountryLoaders } from '../countries/country.loaders.js';
import type { CountryService } from '../countries/country.service.js';
import type { RemovedCountryService } from '../countries/removed-country.service.js';
import { createCurrencyLoaders } from '../currencies/currency.loaders.js';
import type { CurrencyService } from '../currencies/currency.service.js';
import type { RateService } from '../currencies/rate.service.js';
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

export interface RequestContext extends RefreshContext {
  requestId: string;
}

/** What the resolvers get: the services, and batches of this request's own. */
export function createRequestContext(
  services: Services,
  requestId: string,
  mayChange: () => void,
): RequestContext {
  const { countries, removedCountries, currencies, rates, refreshes, status } = services;
  return {
    countries,
    removedCountries,
    rates,
    refreshes,
    status,
    requestId,
    mayChange,
    countryLoaders: createCountryLoaders(countries),
    currencyLoaders: createCurrencyLoaders(currencies, rates),
  };
}
