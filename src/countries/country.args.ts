import { Field, Float, InputType, registerEnumType } from 'type-graphql';
import { CountryCodeScalar, CurrencyCodeScalar } from '../scalars.js';
import { Region } from './gdp.js';

@InputType({
  description:
    "All that is given must hold. Case and accents are ignored: `cote d'ivoire` finds Côte d'Ivoire. No wildcards.",
})
export class TextFilter {
  @Field(() => String, { nullable: true, description: 'The whole text.' })
  equals?: string | null;

  @Field(() => String, { nullable: true, description: 'A part of it.' })
  contains?: string | null;

  @Field(() => String, { nullable: true, description: 'Its beginning.' })
  startsWith?: string | null;

  @Field(() => String, { nullable: true, description: 'Its end.' })
  endsWith?: string | null;

  @Field(() => [String], { nullable: true, description: 'Equal to one of these; at most 1000.' })
  in?: string[] | null;
}

@InputType({
  description:
    'Both ends belong to the range and may be left out. What is unknown is in no range, not even in `{}`.',
})
export class FloatRange {
  @Field(() => Float, { nullable: true, description: 'At least; open when not given.' })
  gte?: number | null;

  @Field(() => Float, { nullable: true, description: 'At most; open when not given.' })
  lte?: number | null;
}

@InputType({
  description:
    'A country must match everything that is given. An empty list matches no country. ' +
    'At most 100 filters in one another, 5 deep, and 1000 values in a list.',
})
export class CountryFilter {
  @Field(() => [CountryCodeScalar], { nullable: true, description: 'ISO 3166-1 alpha-2 or alpha-3.' })
  codes?: string[] | null;

  @Field(() => TextFilter, { nullable: true, description: 'The common name in English: the field `name`.' })
  name?: TextFilter | null;

  @Field(() => TextFilter, {
    nullable: true,
    description:
      'Any of its names: common, official, former and alternate, its own, and those in some 25 languages.',
  })
  anyName?: TextFilter | null;

  @Field(() => TextFilter, {
    nullable: true,
    description: 'Capitals, as the field `capitals` has them. Each condition must hold for one of them.',
  })
  capital?: TextFilter | null;

  @Field(() => [Region], { nullable: true, description: 'In one of these.' })
  regions?: Region[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'As the countries have it, such as "Western Africa".',
  })
  subregions?: string[] | null;

  @Field(() => [CurrencyCodeScalar], { nullable: true, description: 'Any of the currencies of a country.' })
  currencies?: string[] | null;

  @Field(() => FloatRange, { nullable: true, description: 'People.' })
  population?: FloatRange | null;

  @Field(() => FloatRange, { nullable: true, description: 'US dollars a year.' })
  estimatedGdp?: FloatRange | null;

  @Field(() => FloatRange, { nullable: true, description: 'US dollars a head and year: gdp.perCapita.' })
  gdpPerCapita?: FloatRange | null;

  @Field(() => FloatRange, { nullable: true, description: 'Square kilometres.' })
  areaKm2?: FloatRange | null;

  @Field(() => [String], {
    nullable: true,
    description: 'One of these is spoken there: BCP 47 or ISO 639 codes, such as `fr` or `fra`.',
  })
  languages?: string[] | null;

  @Field(() => [CountryCodeScalar], {
    nullable: true,
    description: 'Neighbours of one of these by land: ISO 3166-1 alpha-2 or alpha-3.',
  })
  borders?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Such as `+41`, `0041` or `41`.' })
  callingCodes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Such as `.ch` or `ch`.' })
  topLevelDomains?: string[] | null;

  @Field(() => TextFilter, { nullable: true, description: 'What its people are called in English.' })
  demonym?: TextFilter | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it has no coast.' })
  landlocked?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is a sovereign state.' })
  independent?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is a member of the United Nations.' })
  unMember?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether one of its currencies has an exchange rate.',
  })
  hasRate?: boolean | null;

  @Field(() => [CountryFilter], { nullable: true, description: 'Every one of these must match.' })
  all?: CountryFilter[] | null;

  @Field(() => [CountryFilter], { nullable: true, description: 'At least one of these must match.' })
  any?: CountryFilter[] | null;

  @Field(() => CountryFilter, { nullable: true, description: 'This must not match.' })
  not?: CountryFilter | null;
}

export enum OrderDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Which end comes first.',
  valuesConfig: {
    ASC: { description: 'The smallest, or A, first; what is unknown last.' },
    DESC: { description: 'The largest, or Z, first; what is unknown last.' },
  },
});

export enum CountryOrderField {
  CODE = 'CODE',
  ALPHA3 = 'ALPHA3',
  NUMERIC = 'NUMERIC',
  NAME = 'NAME',
  OFFICIAL_NAME = 'OFFICIAL_NAME',
  REGION = 'REGION',
  SUBREGION = 'SUBREGION',
  POPULATION = 'POPULATION',
  AREA_KM2 = 'AREA_KM2',
  CURRENCY = 'CURRENCY',
  EXCHANGE_RATE = 'EXCHANGE_RATE',
  ESTIMATED_GDP = 'ESTIMATED_GDP',
  GDP_PER_CAPITA = 'GDP_PER_CAPITA',
  LAST_REFRESHED_AT = 'LAST_REFRESHED_AT',
}
registerEnumType(CountryOrderField, {
  name: 'CountryOrderField',
  description: 'What countries are ordered by.',
  valuesConfig: {
    CODE: { description: 'By alpha-2 code.' },
    ALPHA3: { description: 'By alpha-3 code.' },
    NUMERIC: { description: 'By numeric code.' },
    OFFICIAL_NAME: { description: 'Case and accents folded.' },
    REGION: { description: 'By the name of the region in the enum Region.' },
    SUBREGION: { description: 'By the name of the subregion.' },
    POPULATION: { description: 'By people.' },
    AREA_KM2: { description: 'By square kilometres.' },
    EXCHANGE_RATE: { description: 'By units of `currency` for 1 USD.' },
    ESTIMATED_GDP: { description: 'By US dollars a year.' },
    GDP_PER_CAPITA: { description: 'By US dollars a head and year.' },
    LAST_REFRESHED_AT: { description: 'By the moment of the last refresh that found it.' },
    NAME: { description: 'Case and accents folded: Åland Islands stands among the names with A.' },
    CURRENCY: { description: 'By the code of `currency`.' },
  },
});

@InputType({ description: 'What is unknown comes last in both directions; ties are broken by code.' })
export class CountryOrder {
  @Field(() => CountryOrderField, { description: 'What to order by.' })
  field!: CountryOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Which end comes first.' })
  direction!: OrderDirection;
}
