import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { CurrencyCodeScalar, DateScalar } from '../scalars.js';
import { IsoStatus } from './currency-codes.js';

registerEnumType(IsoStatus, {
  name: 'IsoStatus',
  description: 'How a code stands to ISO 4217.',
  valuesConfig: {
    CURRENT: { description: 'In ISO 4217 today; XDR, the unit of the International Monetary Fund, too.' },
    HISTORIC: { description: 'Withdrawn from ISO 4217, but still sent by sources: for instance SLL or ZWL.' },
    NON_ISO: {
      description:
        'Never in ISO 4217, but in use: the pounds of Jersey (JEP) or the Isle of Man (IMP), for instance.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'A currency: current ISO 4217, retired, or one of the few codes in use that ISO does not list. Rates are those of ' +
    'the source of rates: see status.sources.',
})
export class Currency {
  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217 code where there is one: see isoStatus.' })
  code!: string;

  /** The name that the countries source gives, in English. */
  englishName!: string | null;

  /** The symbol that the countries source gives. */
  sourceSymbol!: string | null;

  /** Null when no rate was ever observed. */
  lastRate!: Observation | null;
}

export interface Observation {
  /** By code. */
  currency: string;
  perUsd: number;
  observedOn: string;
}

/** The interval between the points of a history. */
export enum HistoryStep {
  DAY = 'DAY',
  WEEK = 'WEEK',
  MONTH = 'MONTH',
}
registerEnumType(HistoryStep, {
  name: 'HistoryStep',
  description: 'The interval between the points of a history.',
  valuesConfig: {
    DAY: { description: 'Every day with an observation.' },
    WEEK: { description: 'The last observation of each week, Monday to Sunday.' },
    MONTH: { description: 'The last observation of each calendar month.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'What one unit of `base` was worth in `quote` on a day.' })
export class ExchangeRate {
  @Field(() => CurrencyCodeScalar, { description: 'The currency of which it is one unit.' })
  base!: string;

  @Field(() => CurrencyCodeScalar, { description: 'The currency that the rate counts.' })
  quote!: string;

  @Field(() => Float, {
    description:
      'Units of `quote` for 1 `base`, as the source of rates has it; a cross rate over the US dollar to 15 digits.',
  })
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

  @Field(() => CurrencyCodeScalar, { description: 'The currency of `amount`.' })
  from!: string;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of `result`.' })
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
