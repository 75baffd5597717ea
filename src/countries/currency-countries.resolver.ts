import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Currency } from '../currencies/currency.type.js';
import type { CountryContext } from './country.loaders.js';
import { Country } from './country.type.js';

/** The way back from a currency. It stands here because countries know of currencies, not the other way round. */
@Resolver(() => Currency)
export class CurrencyCountriesResolver {
  @FieldResolver(() => [Country], {
    description: 'All countries that use it, beside others or not, by name.',
  })
  countries(@Root() { code }: Currency, @Ctx() { countryLoaders }: CountryContext): Promise<Country[]> {
    return countryLoaders.inCurrency.load(code);
  }
}
