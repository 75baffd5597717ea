import DataLoader from 'dataloader';
import type { CurrencyContext } from '../currencies/currency.loaders.js';
import type { CountryService } from './country.service.js';
import type { Country } from './country.type.js';

/** What the resolvers of this room need of a request. */
export interface CountryContext extends CurrencyContext {
  countries: CountryService;
  countryLoaders: CountryLoaders;
  /** Returns the name of the caller; throws when the caller may not change anything. */
  mayChange(): string;
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
