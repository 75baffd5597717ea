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
  /** Returns the name of the caller; throws when the caller may not change anything. */
  mayChange(): string;
}

type CountryLoaders = ReturnType<typeof createCountryLoaders>;

export function createCountryLoaders(countries: CountryService) {
  const country = new DataLoader<string, Country | null>(async (codes) => {
    const found = new Map((await countries.byCodes(codes)).map((one) => [one.code, one]));
    return codes.map((code) => found.get(code) ?? null);
  });
  return {
    /** Those of the codes that are stored, by name. */
    async byCodes(codes: readonly string[]): Promise<Country[]> {
      const found = await country.loadMany(codes);
      return found.filter(isCountry).sort(byName);
    },
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

/** loadMany hands over what failed as an error in its place; a batch fails as a whole. */
function isCountry(found: Country | Error | null): found is Country {
  if (found instanceof Error) throw found;
  return found !== null;
}

function byName(a: Country, b: Country): number {
  const isFirst = a.nameKey === b.nameKey ? a.code < b.code : a.nameKey < b.nameKey;
  return isFirst ? -1 : 1;
}
