import { Field, Float, InputType, registerEnumType } from 'type-graphql';
import { CountryCodeScalar, CurrencyCodeScalar } from '../scalars.js';
import { Region } from './region.js';

export enum OrderDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(OrderDirection, { name: 'OrderDirection' });

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
  valuesConfig: {
    NAME: { description: 'Case and accents folded: Åland Islands stands among the names with A.' },
    CURRENCY: { description: 'By the code of `currency`.' },
  },
});

@InputType({
  description: "Case and accents are ignored: `cote d'ivoire` finds Côte d'Ivoire. No wildcards.",
})
export class TextFilter {
  @Field(() => String, { nullable: true })
  equals?: string | null;

  @Field(() => String, { nullable: true })
  contains?: string | null;

  @Field(() => String, { nullable: true })
  startsWith?: string | null;
}

@InputType({ description: 'Both ends belong to the range. What is unknown is in no range.' })
export class FloatRange {
  @Field(() => Float, { nullable: true })
  gte?: number | null;

  @Field(() => Float, { nullable: true })
  lte?: number | null;
}

@InputType({
  description: 'A country must match everything that is given. An empty list matches no country.',
})
export class CountryFilter {
  @Field(() => [CountryCodeScalar], { nullable: true, description: 'ISO 3166-1 alpha-2 or alpha-3.' })
  codes?: string[] | null;

  @Field(() => TextFilter, { nullable: true, description: 'The English name.' })
  name?: TextFilter | null;

  @Field(() => [Region], { nullable: true })
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

  @Field(() => FloatRange, { nullable: true, description: 'Square kilometres.' })
  areaKm2?: FloatRange | null;

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

@InputType({ description: 'What is unknown comes last in both directions; ties are broken by code.' })
export class CountryOrder {
  @Field(() => CountryOrderField)
  field!: CountryOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
  direction!: OrderDirection;
}
