import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { ExchangeRateRow } from '../db/tables.js';
import { Node } from '../node.js';
import { CurrencyCodeScalar, createEnum, DateScalar, nullable } from '../scalars.js';

export type IsoStatus = keyof typeof IsoStatus;
const IsoStatus = createEnum('IsoStatus', 'The status of a code in ISO 4217.', {
  CURRENT: { description: 'In ISO 4217 and in use, including XDR, the IMF unit of account.' },
  HISTORIC: { description: 'No longer legal tender anywhere: see validTo. Some sources still send SLL or ZWL.' },
  NON_ISO: { description: 'Never in ISO 4217, but in use, such as JEP (Jersey) or IMP (Isle of Man).' },
});

export type HistoryStep = keyof typeof HistoryStep;
export const HistoryStep = createEnum(
  'HistoryStep',
  'The interval between the points of a history, or the length of periods.',
  {
    DAY: { description: 'Every day with an observation.' },
    WEEK: { description: 'Monday to Sunday.' },
    MONTH: { description: 'Calendar months.' },
    QUARTER: { description: 'Three months, the first from January to March.' },
    YEAR: { description: 'Calendar years.' },
  },
);

/** Appended where a fact does not come from the sources of a refresh. */
const TENDER = 'Source: Unicode CLDR. Null also for codes such as XDR, which are not legal tender.';

/** The fields that depend on the day or on the countries. */
export type CurrencyDates = Pick<Currency, 'isoStatus' | 'validFrom' | 'validTo' | 'successorCode'>;

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'A currency: current ISO 4217, withdrawn, or one of the few codes in use that ISO does not list. Rates come from ' +
    'the rates source: see status.sources.',
})
export class Currency {
  @Field(() => ID, { description: 'Equal to `code`.' })
  id!: string;

  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217 code where there is one: see isoStatus.' })
  code!: string;

  /** From the countries source. */
  englishName!: string | null;

  /** From the countries source. */
  sourceSymbol!: string | null;

  @Field(() => IsoStatus, { description: 'Whether the code is current, withdrawn, or was never in ISO 4217.' })
  isoStatus!: IsoStatus;

  @Field(() => String, nullable('ISO 4217 numeric code, three digits. Null for codes that ISO 4217 does not list.'))
  numeric!: string | null;

  @Field(() => Int, { description: 'Decimal places of amounts: the ISO 4217 minor unit, or 2 without one.' })
  minorUnit!: number;

  @Field(() => DateScalar, nullable(`Its first day as legal tender of any country. ${TENDER}`))
  validFrom!: string | null;

  @Field(() => DateScalar, nullable(`Its last day as legal tender of any country; null without an end. ${TENDER}`))
  validTo!: string | null;

  successorCode!: string | null;

  /** Null when no rate was ever observed. */
  lastRate!: ExchangeRateRow | null;
}

@ObjectType({ simpleResolvers: true, description: 'The value of one unit of `base` in `quote` on a day.' })
export class ExchangeRate {
  @Field(() => CurrencyCodeScalar, { description: 'The base currency: the rate is for one unit of it.' })
  base!: string;

  @Field(() => CurrencyCodeScalar, { description: 'The currency that the rate is given in.' })
  quote!: string;

  @Field(() => Float, {
    description:
      'Units of `quote` for 1 `base`, as observed by the rates source; between currencies other than USD, a cross rate ' +
      'via USD with 15 significant digits.',
  })
  rate!: number;

  @Field(() => DateScalar, { description: 'The day of the observation; for a cross rate, the older of the two.' })
  date!: string;

  /** The values of the `source` columns, that of the quote first. */
  storedSources!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'An amount converted to another currency.' })
export class Conversion {
  @Field(() => Float, { description: 'Units of `from`.' })
  amount!: number;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of `amount`.' })
  from!: string;

  @Field(() => CurrencyCodeScalar, { description: 'The currency of `result`.' })
  to!: string;

  @Field(() => Float, { description: 'Units of `to`, rounded half up to its ISO 4217 minor unit.' })
  result!: number;

  @Field(() => Float, { description: 'The rate used: units of `to` for 1 `from`.' })
  rate!: number;

  @Field(() => DateScalar, { description: 'The day of the older of the two observations used.' })
  date!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The rates of a period: units of the currency for 1 `base`.' })
export class RatePeriod {
  @Field(() => DateScalar, { description: 'The first day of the period, within the days requested.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The last day of the period, within the days requested.' })
  to!: string;

  @Field(() => Float, { description: 'The last rate, in units of the currency for 1 `base`.' })
  last!: number;

  @Field(() => Float, {
    description:
      'Units of the currency for 1 `base`: the arithmetic mean of the daily rates, as tax authorities use it. ' +
      'For a base other than USD, the mean of the daily cross rates, which is not the quotient of two means.',
  })
  average!: number;

  @Field(() => Float, { description: 'The lowest rate, in units of the currency for 1 `base`.' })
  min!: number;

  @Field(() => Float, { description: 'The highest rate, in units of the currency for 1 `base`.' })
  max!: number;

  @Field(() => Int, { description: 'How many days of the period have a rate.' })
  observations!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A range of days, both ends included.' })
export class DateSpan {
  @Field(() => DateScalar, { description: 'The first day.' })
  from!: string;

  @Field(() => DateScalar, { description: 'The last day.' })
  to!: string;
}
