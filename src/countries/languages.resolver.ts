import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { CountryContext } from './country.resolver.js';
import { Country, Language } from './country.type.js';
import { knownLanguages, languageKey, languageName, nativeLanguageName } from './reference.js';

const REFERENCE = 'Source: the reference facts that come with the server (world-countries).';

@Resolver(() => Language)
export class LanguageResolver {
  @Query(() => Language, {
    nullable: true,
    description: `One language by its BCP 47 or ISO 639 code. Null when no country has it. ${REFERENCE}`,
  })
  language(
    @Arg('code', () => String, { description: 'Such as `fr` or `fra`.' }) code: string,
  ): Language | null {
    return knownLanguages().get(languageKey(code)) ?? null;
  }

  @Query(() => [Language], {
    description: `The languages of all countries, by their English names. ${REFERENCE}`,
  })
  languages(): Language[] {
    return [...knownLanguages().values()];
  }

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR knows the name in it.',
  })
  name(
    @Root() language: Language,
    @Arg('locale', () => String, { nullable: true, description: 'A BCP 47 tag such as `de`.' })
    locale: string | null | undefined,
  ): string {
    return languageName(language, locale ?? undefined);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'In the language itself. Null where Unicode CLDR has no names in it.',
  })
  nativeName(@Root() language: Language): string | null {
    return nativeLanguageName(language);
  }

  @FieldResolver(() => [Country], { description: 'The countries where it is spoken, by name.' })
  countries(
    @Root() { countries: codes }: Language,
    @Ctx() { countries }: CountryContext,
  ): Promise<Country[]> {
    return countries.byCodes(codes);
  }
}
