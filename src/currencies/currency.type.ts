import { Field, Float, ObjectType } from 'type-graphql';
import { CurrencyCodeScalar, DateScalar } from '../scalars.js';

@ObjectType({
  simpleResolvers: true,
  description:
    'A currency: current ISO 4217, retired, or one of the few codes in use that ISO does not list.',
})
export class Currency {
  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217 code where there is one.' })
  code!: string;

  /** The name that the countries source gives, in English. */
  englishName!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The sign it is written with, as the source of the countries tells it; null when it tells none.',
  })
  symbol!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'What one unit of `base` was worth in `quote` on a day.' })
export class ExchangeRate {
  @Field(() => CurrencyCodeScalar)
  base!: string;

  @Field(() => CurrencyCodeScalar)
  quote!: string;

  @Field(() => Float, { description: 'Units of `quote` for 1 `base`.' })
  rate!: number;

  @Field(() => DateScalar, {
    description: 'The day it was observed; for a cross rate the older of the two observations.',
  })
  date!: string;
}

@ObjectType({ simpleResolvers: true, description: 'An amount in one currency told in another.' })
export class Conversion {
  @Field(() => Float, { description: 'Units of `from`.' })
  amount!: number;

  @Field(() => CurrencyCodeScalar)
  from!: string;

  @Field(() => CurrencyCodeScalar)
  to!: string;

  @Field(() => Float, {
    description: "Units of `to`, rounded half up to the currency's minor unit (ISO 4217).",
  })
  result!: number;

  @Field(() => Float, { description: 'Units of `to` for 1 `from`, as it was used.' })
  rate!: number;

  @Field(() => DateScalar, { description: 'The day of the older of the two observations behind the rate.' })
  date!: string;
}
