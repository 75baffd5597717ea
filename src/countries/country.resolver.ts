import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { CurrencyContext } from '../currencies/currency.resolver.js';
import { Currency } from '../currencies/currency.type.js';
import { displayNames } from '../locales.js';
import { CountryCodeScalar, DateScalar, nullable } from '../scalars.js';
import { CountryFilter, CountryKey, CountryQuery, CountryToDelete } from './country.args.js';
import type { CountryService } from './country.service.js';
import type { UsedCurrency } from './country.snapshot.js';
import { Country, Language, nullableReference, RemovedCountry, reference } from './country.type.js';
import { CountryConnection } from './country-page.js';
import { CountryMatch } from './country-search.js';
import { CountryGrouping, CountryStats } from './country-stats.js';
import { findLanguage, knownLanguages } from './reference.js';

/** The part of the request context that these resolvers use. */
export interface CountryContext extends CurrencyContext {
  countries: CountryService;
  /** Returns the name of the caller; throws when the caller may not change data. */
  mayChange(): string;
}

@Resolver(() => Country)
export class CountryResolver {
  @Query(
    () => Country,
    nullable(
      'One country by ISO 3166-1 alpha-2 or alpha-3 code, or by any of its names in some 100 languages; case, accents ' +
        'and punctuation are ignored. Where several share a name, common names take precedence over official ones, ' +
        'and those over others, English first. Give exactly one of code and name. Null when unknown; BAD_USER_INPUT, ' +
        'with a list, when several countries have an equal claim to the name.',
    ),
  )
  country(@Args(() => CountryKey) key: CountryKey, @Ctx() { countries }: CountryContext): Promise<Country | null> {
    return countries.find(key);
  }

  @Query(() => [CountryMatch], {
    description:
      'The countries for the text in a search box, by their names in some 100 languages: best matches first, and of ' +
      'equal ones the country with more people. Each country appears once; none for an empty text.',
  })
  searchCountries(
    @Arg('text', () => String, { description: 'What was typed, up to 200 characters.' }) text: string,
    @Arg('first', () => Int, { defaultValue: 10, description: 'At most this many, up to 100.' }) first: number,
    @Ctx() { countries }: CountryContext,
  ): Promise<CountryMatch[]> {
    return countries.search(text, first);
  }

  @Query(() => CountryConnection, {
    description:
      'The countries that match the filter, by name unless another order is given. Page forward with `first` and ' +
      '`after`, or backward from the end with `last` and `before`.',
  })
  countries(
    @Args(() => CountryQuery) query: CountryQuery,
    @Ctx() { countries }: CountryContext,
  ): Promise<CountryConnection> {
    return countries.page(query);
  }

  @Query(() => [CountryStats], {
    description:
      'Counts and sums of the countries that match the filter: one row per group, ordered by key, or one row in ' +
      'total. Groups without countries are left out.',
  })
  countryStats(
    @Arg('groupBy', () => CountryGrouping, nullable('By default, one row in total.'))
    groupBy: CountryGrouping | null | undefined,
    @Arg('filter', () => CountryFilter, nullable('By default, all countries.'))
    filter: CountryFilter | null | undefined,
    @Ctx() { countries }: CountryContext,
  ): Promise<CountryStats[]> {
    return countries.stats(groupBy, filter);
  }

  @Query(() => [RemovedCountry], { description: 'The countries that were deleted permanently, by code.' })
  removedCountries(@Ctx() { countries }: CountryContext): Promise<readonly RemovedCountry[]> {
    return countries.removed();
  }

  @Mutation(() => Country, {
    description:
      'Deletes a country and returns it as it was. The next refresh brings it back if the source still lists it, ' +
      'unless `permanently`; restoreCountry undoes that. Give exactly one of code and name: here, a name is the common ' +
      'or official one in English. NOT_FOUND when unknown.',
  })
  deleteCountry(
    @Args(() => CountryToDelete) { permanently, ...key }: CountryToDelete,
    @Ctx() { countries, mayChange }: CountryContext,
  ): Promise<Country> {
    mayChange();
    return countries.delete(key, permanently);
  }

  @Mutation(() => RemovedCountry, {
    description:
      'Undoes a permanent deletion: the next refresh brings the country back if the source lists it. ' +
      'NOT_FOUND when the country was not deleted permanently.',
  })
  restoreCountry(
    @Arg('code', () => CountryCodeScalar, { description: 'The alpha-2 code.' }) code: string,
    @Ctx() { countries, mayChange }: CountryContext,
  ): Promise<RemovedCountry> {
    mayChange();
    return countries.restore(code);
  }

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR has a name in it.',
  })
  name(
    @Root() { code, englishName }: Country,
    @Arg('locale', () => String, nullable('A BCP 47 tag such as `de` or `pt-BR`.'))
    locale: string | null | undefined,
  ): string {
    return locale ? (displayNames('region', locale).of(code) ?? englishName) : englishName;
  }

  @FieldResolver(() => [Currency], {
    description:
      'Its legal tender according to Unicode CLDR, in the same order. Where CLDR lists none for any day, as for ' +
      'Antarctica: what the countries source lists.',
  })
  currencies(
    @Root() country: Country,
    @Arg('on', () => DateScalar, nullable('On this day; from 1694 on for some. By default, today in UTC.'))
    on: string | null | undefined,
    @Ctx() { countries }: CountryContext,
  ): Currency[] | Promise<Currency[]> {
    return on ? countries.currenciesOn(country, on) : country.currencies;
  }
}

/** The link back from currencies. It is here because countries know of currencies, not the other way round. */
@Resolver(() => Currency)
export class CurrencyCountriesResolver {
  @FieldResolver(() => [Country], { description: 'All countries that use it, alone or alongside others, by name.' })
  countries(@Root() { countries }: UsedCurrency): Country[] {
    return countries;
  }
}

@Resolver(() => Language)
export class LanguageResolver {
  @Query(
    () => Language,
    nullableReference('By BCP 47 or ISO 639 code, also a macrolanguage such as `no`. Null if no country has it.'),
  )
  language(@Arg('code', () => String, { description: 'Such as `fr` or `fra`.' }) code: string): Language | null {
    return findLanguage(code);
  }

  @Query(() => [Language], reference('The languages of all countries, by English name.'))
  languages(): Language[] {
    return [...knownLanguages()];
  }

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR has a name in it.',
  })
  name(
    @Root() { code, englishName }: Language,
    @Arg('locale', () => String, nullable('A BCP 47 tag such as `de`.'))
    locale: string | null | undefined,
  ): string {
    return locale ? (displayNames('language', locale).of(code) ?? englishName) : englishName;
  }

  @FieldResolver(() => String, nullable('In the language itself. Null where Unicode CLDR has no names in it.'))
  nativeName(@Root() { code }: Language): string | null {
    const hasNames = Intl.DisplayNames.supportedLocalesOf(code).length > 0;
    return hasNames ? (displayNames('language', code).of(code) ?? null) : null;
  }

  @FieldResolver(() => [Country], {
    description: 'The countries that have it, or for a macrolanguage one of its members, in `languages`; by name.',
  })
  countries(@Root() { countryCodes }: Language, @Ctx() { countries }: CountryContext): Promise<Country[]> {
    return countries.byCodes(countryCodes);
  }
}
