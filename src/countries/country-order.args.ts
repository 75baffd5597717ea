import { Field, InputType, registerEnumType } from 'type-graphql';

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
