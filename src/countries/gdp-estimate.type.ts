import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { GdpMethod, NoEstimate } from './estimate.js';

registerEnumType(GdpMethod, {
  name: 'GdpMethod',
  description: 'How a GDP is estimated.',
  valuesConfig: {
    PER_CAPITA: {
      description: 'Population x GDP per capita in current US dollars (World Bank, NY.GDP.PCAP.CD).',
    },
    MULTIPLIER: {
      description:
        'Population x a random number from 1000 to 2000 / exchange rate: a stand-in figure, not to be cited.',
    },
  },
});
registerEnumType(NoEstimate, {
  name: 'NoEstimate',
  description: 'Why there is no GDP estimate.',
  valuesConfig: {
    NO_POPULATION: { description: 'The population is unknown, or nobody lives there.' },
    NOT_REPORTED: { description: 'The World Bank has no GDP per capita for it.' },
    NO_CURRENCY: { description: 'It has no currency; only for the multiplier method.' },
    NO_RATE: { description: 'None of its currencies has an exchange rate; only for the multiplier method.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'An estimate of the gross domestic product and what it rests on.',
})
export class GdpEstimate {
  @Field(() => Float, {
    nullable: true,
    description: 'US dollars a year. Null when it cannot be estimated: see reason.',
  })
  value!: number | null;

  @Field(() => GdpMethod, { description: 'How it was estimated: a setting of the server.' })
  method!: GdpMethod;

  @Field(() => Float, {
    nullable: true,
    description: 'Current US dollars a head and year. Null when the World Bank reports none.',
  })
  perCapita!: number | null;

  @Field(() => Int, { nullable: true, description: 'The year that perCapita is of. Null with it.' })
  year!: number | null;

  @Field(() => NoEstimate, { nullable: true, description: 'Why value is null. Null when there is a value.' })
  reason!: NoEstimate | null;
}
