import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { CountryCodeScalar } from '../scalars.js';
import type { CountryContext } from './country.loaders.js';
import { RemovedCountry } from './country.type.js';

@Resolver(() => RemovedCountry)
export class RemovedCountryResolver {
  @Query(() => [RemovedCountry], { description: 'The countries that were deleted permanently, by code.' })
  removedCountries(@Ctx() { removedCountries }: CountryContext): Promise<RemovedCountry[]> {
    return removedCountries.all();
  }

  @Mutation(() => RemovedCountry, {
    description:
      'Undoes a permanent deletion: the next refresh brings the country back if the source lists it. Takes the ' +
      'alpha-2 code; NOT_FOUND when that country was not deleted permanently.',
  })
  restoreCountry(
    @Arg('code', () => CountryCodeScalar, { description: 'Alpha-2.' }) code: string,
    @Ctx() { removedCountries, mayChange }: CountryContext,
  ): Promise<RemovedCountry> {
    mayChange();
    return removedCountries.restore(code);
  }
}
