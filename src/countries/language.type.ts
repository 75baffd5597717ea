import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  simpleResolvers: true,
  description: 'A language that is official or widely spoken in a country.',
})
export class Language {
  @Field(() => String, {
    description: 'BCP 47: ISO 639-1 where there is one, else ISO 639-3. Fit to be given as `locale`.',
  })
  code!: string;

  @Field(() => String, { description: 'ISO 639-3.' })
  alpha3!: string;

  englishName!: string;

  /** Codes. */
  countries!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'What a country is called in one of its own languages.' })
export class NativeName {
  @Field(() => String, { description: 'The language: BCP 47.' })
  language!: string;

  @Field(() => String, { description: 'The common name, such as "Schweiz".' })
  name!: string;

  @Field(() => String, { description: 'The official name, such as "Schweizerische Eidgenossenschaft".' })
  officialName!: string;
}
