import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Currency } from '../currencies/currency.type.js';
import { displayNames } from '../locales.js';
import { CountryCodeScalar } from '../scalars.js';
import { fieldsWithin } from './asked-fields.js';
import { CountryFilter, CountryOrder } from './country.args.js';
import type { CountryContext } from './country.loaders.js';
import { Country } from './country.type.js';
import { CountryConnection, toConnection } from './country-connection.js';
import { CountryGrouping, CountryStats } from './country-stats.js';
import { referenceFacts } from './reference.js';

@Resolver(() => Country)
export class CountryResolver {
  @Query(() => Country, {
    nullable: true,
    description:
      'One country by ISO 3166-1 alpha-2 or alpha-3 code, or by any of its names (case and accents ignored): common, ' +
      'official, alternate, or in one of some 25 languages, in this order where a name belongs to several. ' +
      'Give exactly one. Null when unknown, or when several countries bear the name equally.',
  })
  country(
    @Arg('code', () => CountryCodeScalar, { nullable: true, description: 'Such as `CI` or `CIV`.' }) code:
      | string
      | null
      | undefined,
    @Arg('name', () => String, { nullable: true, description: 'Any of its names.' }) name:
      | string
      | null
      | undefined,
    @Ctx() { countries }: CountryContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Country | null> {
    return countries.find({ code, name }, fieldsWithin(info));
  }

  @Query(() => CountryConnection, {
    description:
      'Countries that match the filter, by name when no order is given. Page on with `first` and `after`, ' +
      'or back from the end with `last` and `before`.',
  })
  async countries(
    @Arg('filter', () => CountryFilter, { nullable: true, description: 'All countries without it.' }) filter:
      | CountryFilter
      | null
      | undefined,
    @Arg('orderBy', () => [CountryOrder], {
      nullable: true,
      description: 'The first counts most; by name without it.',
    })
    orderBy: CountryOrder[] | null | undefined,
    @Arg('first', () => Int, {
      nullable: true,
      description: 'How many at most, up to 1000; all when not given.',
    })
    first: number | null | undefined,
    @Arg('after', () => String, { nullable: true, description: 'A cursor: begin behind it.' })
    after: string | null | undefined,
    @Arg('last', () => Int, {
      nullable: true,
      description: 'How many at most, counted from the end, up to 1000. Not together with `first`.',
    })
    last: number | null | undefined,
    @Arg('before', () => String, { nullable: true, description: 'A cursor: end in front of it.' })
    before: string | null | undefined,
    @Ctx() { countries }: CountryContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CountryConnection> {
    const query = { filter, orderBy, first, after, last, before };
    const page = await countries.page(query, fieldsWithin(info));
    return toConnection(page, filter);
  }

  @Query(() => [CountryStats], {
    description:
      'Counts and sums of the countries that match the filter: one row per group in the order of the keys, or one ' +
      'total row. Groups without countries are left out.',
  })
  async countryStats(
    @Arg('groupBy', () => CountryGrouping, { nullable: true, description: 'Without it, the total.' })
    groupBy: CountryGrouping | null | undefined,
    @Arg('filter', () => CountryFilter, { nullable: true, description: 'All countries without it.' }) filter:
      | CountryFilter
      | null
      | undefined,
    @Ctx() { countries }: CountryContext,
  ): Promise<CountryStats[]> {
    return countries.stats(groupBy, filter);
  }

  @Mutation(() => Country, {
    description:
      'Removes a country and returns it as it was. It comes back with the next refresh if the source still lists it, ' +
      'unless `permanently`; restoreCountry undoes that. Give exactly one of code and name; NOT_FOUND when it is unknown.',
  })
  deleteCountry(
    @Arg('code', () => CountryCodeScalar, { nullable: true, description: 'Such as `CI` or `CIV`.' }) code:
      | string
      | null
      | undefined,
    @Arg('name', () => String, { nullable: true, description: 'Any of its names.' }) name:
      | string
      | null
      | undefined,
    @Arg('permanently', () => Boolean, {
      defaultValue: false,
      description: 'True: no refresh brings it back.',
    })
    permanently: boolean,
    @Ctx() { countries, mayChange }: CountryContext,
  ): Promise<Country> {
    mayChange();
    return countries.delete({ code, name }, permanently);
  }

  @FieldResolver(() => String, {
    description:
      'In English as the source has it, or in the language of a BCP 47 tag where Unicode CLDR knows it.',
  })
  name(
    @Root() { code, englishName }: Country,
    @Arg('locale', () => String, { nullable: true, description: 'A BCP 47 tag such as `de` or `pt-BR`.' })
    locale: string | null | undefined,
  ): string {
    return locale ? (displayNames('region', locale).of(code) ?? englishName) : englishName;
  }

  @FieldResolver(() => String, {
    description: 'Two regional indicator letters, which fonts draw as the flag.',
  })
  flagEmoji(@Root() { code }: Country): string {
    return String.fromCodePoint(...Array.from(code, (letter) => 0x1f1a5 + letter.charCodeAt(0)));
  }

  @FieldResolver(() => Currency, {
    nullable: true,
    description: 'The first currency that has a rate, else the first. Null when the country has none.',
  })
  currency(@Root() { currencyCode }: Country, @Ctx() { currencyLoaders }: CountryContext) {
    return currencyCode === null ? null : currencyLoaders.currency.load(currencyCode);
  }

  @FieldResolver(() => [Country], {
    description:
      'The neighbours by land, by name; empty for islands. Only countries that are stored. ' +
      'Source: the reference facts that come with the server (world-countries).',
  })
  borders(@Root() { code }: Country, @Ctx() { countryLoaders }: CountryContext): Promise<Country[]> {
    return countryLoaders.byCodes(referenceFacts().get(code)?.borders ?? []);
  }

  @FieldResolver(() => [Currency], { description: 'All of them, in the order of the source.' })
  async currencies(@Root() { code }: Country, @Ctx() { countryLoaders, currencyLoaders }: CountryContext) {
    const codes = await countryLoaders.currencyCodes.load(code);
    return currencyLoaders.currency.loadMany(codes);
  }
}
