import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { displayNames } from '../locales.js';
import { nullable } from '../scalars.js';
import type { CountryContext } from './country.resolver.js';
import { Country, Language, nullableReference, reference } from './country.type.js';
import { findLanguage, knownLanguages } from './reference.js';

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
    description: 'The countries that have it, or a member of it if it is a macrolanguage, in `languages`; by name.',
  })
  countries(@Root() { countryCodes }: Language, @Ctx() { countries }: CountryContext): Promise<Country[]> {
    return countries.byCodes(countryCodes);
  }
}
