import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { SafeIntScalar } from '../scalars.js';

export enum CountryGrouping {
  REGION = 'REGION',
  SUBREGION = 'SUBREGION',
  CURRENCY = 'CURRENCY',
}
registerEnumType(CountryGrouping, {
  name: 'CountryGrouping',
  description: 'What countries are put together by.',
  valuesConfig: {
    REGION: { description: 'By region; the key is its name in the enum Region.' },
    SUBREGION: { description: 'By subregion; the key is its English name.' },
    CURRENCY: {
      description: 'By the field `currency`, so that each country counts once; the key is its code.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'Sums over a group of countries. The average is the sum divided by the count of a filter for known figures.',
})
export class CountryStats {
  @Field(() => String, {
    nullable: true,
    description:
      'What the countries have in common. Null for the total, and for the group of the countries that have none.',
  })
  key!: string | null;

  @Field(() => Int, { description: 'How many countries, with known figures or not.' })
  count!: number;

  @Field(() => SafeIntScalar, {
    nullable: true,
    description: 'People, added up over the countries where it is known. Null when it is known of none.',
  })
  population!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Square kilometres, added up over the countries where it is known. Null when it is known of none.',
  })
  areaKm2!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'US dollars a year, added up over the countries that have an estimate. Null when none of them has one.',
  })
  estimatedGdp!: number | null;
}
