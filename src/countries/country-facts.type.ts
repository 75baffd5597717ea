import { Field, Float, ObjectType } from 'type-graphql';
import { Language, NativeName } from './language.type.js';

const SOURCE = 'Source: the reference facts that come with the server (world-countries).';
const UNKNOWN = 'Null when the reference facts do not know the country.';

/** What no refresh brings, joined by code. Plain fields: a resolver for each would cost more than all of them. */
@ObjectType({ simpleResolvers: true })
export abstract class CountryFacts {
  @Field(() => [String], {
    description: `Other names in English or its own languages, such as "Côte d'Ivoire". ${SOURCE}`,
  })
  alternateNames!: string[];

  @Field(() => [NativeName], {
    description: `Its names in its own languages; empty where there are none, as in Antarctica. ${SOURCE}`,
  })
  nativeNames!: NativeName[];

  @Field(() => String, {
    nullable: true,
    description: `What its people are called in English, such as "Swiss". Null when they have no name. ${SOURCE}`,
  })
  demonym!: string | null;

  @Field(() => [Language], {
    description: `Official and widely spoken languages; empty where nobody lives. ${SOURCE}`,
  })
  languages!: Language[];

  @Field(() => [String], {
    description: `International calling codes, such as "+41"; empty where there is none. ${SOURCE}`,
  })
  callingCodes!: string[];

  @Field(() => [String], {
    description: `Country code top-level domains, such as ".ch", in all its scripts. ${SOURCE}`,
  })
  topLevelDomains!: string[];

  @Field(() => Float, {
    nullable: true,
    description: `Degrees north of the equator, negative to the south, about its middle. ${UNKNOWN} ${SOURCE}`,
  })
  latitude!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `Degrees east of Greenwich, negative to the west, about its middle. ${UNKNOWN} ${SOURCE}`,
  })
  longitude!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it has no coast. ${UNKNOWN} ${SOURCE}`,
  })
  landlocked!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it is a sovereign state. Null where that is disputed in the source, as for Kosovo. ${SOURCE}`,
  })
  independent!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it is a member of the United Nations. ${UNKNOWN} ${SOURCE}`,
  })
  unMember!: boolean | null;
}
