import DataLoader from 'dataloader';
import type { CurrencyContext } from '../currencies/currency.loaders.js';
import type { CountryService } from './country.service.js';
import type { Country } from './country.type.js';
import type { RemovedCountryService } from './removed-country.service.js';

/** What the resolvers of this room need of a request. */
export interface CountryContext extends CurrencyContext {
  countries: CountryService;
  removedCountries: RemovedCountryService;
  countryLoaders: CountryLoaders;
  /** Throws when the caller may not change anything. */
  mayChange(): void;
}

type CountryLoaders = ReturnType<typeof createCountryLoaders>;

export function createCountryLoaders(countries: CountryService) {
  return {
    currencyCodes: new DataLoader<string, string[]>(async (codes) => {
      const found = await countries.currencyCodes(codes);
      return codes.map((code) => found.get(code) ?? []);
    }),
    /** The countries that use a currency, by name. */
    inCurrency: new DataLoader<string, Country[]>(async (codes) => {
      const found = await countries.inCurrencies(codes);
      return codes.map((code) => found.get(code) ?? []);
    }),
  };
}
