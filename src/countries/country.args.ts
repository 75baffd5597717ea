import { ArgsType, Field, Float, InputType, Int } from 'type-graphql';
import { CountryCodeScalar, CurrencyCodeScalar, createEnum, nullable } from '../scalars.js';
import type { Country } from './country.type.js';
import { Region } from './gdp.js';

@InputType({
  description:
    "All conditions given must hold. Case and accents are ignored: `cote d'ivoire` finds Côte d'Ivoire. No wildcards.",
})
export class TextFilter {
  @Field(() => String, nullable('Equal to this.'))
  equals?: string | null;

  @Field(() => String, nullable('Contains this.'))
  contains?: string | null;

  @Field(() => String, nullable('Starts with this.'))
  startsWith?: string | null;

  @Field(() => String, nullable('Ends with this.'))
  endsWith?: string | null;

  @Field(() => [String], nullable('Equal to one of these; at most 1000.'))
  in?: string[] | null;
}

@InputType({ description: 'Both ends are included, and optional. An unknown figure is in no range, not even in `{}`.' })
export class FloatRange {
  @Field(() => Float, nullable('At least.'))
  gte?: number | null;

  @Field(() => Float, nullable('At most.'))
  lte?: number | null;
}

@InputType({
  description:
    'A country must match all conditions given. An empty list matches no country. ' +
    'At most 100 nested filters, 5 levels deep, and 1000 values in a list.',
})
export class CountryFilter {
  @Field(() => [CountryCodeScalar], nullable('ISO 3166-1 alpha-2 or alpha-3.'))
  codes?: string[] | null;

  @Field(() => TextFilter, nullable('The common name in English: the field `name`.'))
  name?: TextFilter | null;

  @Field(() => TextFilter, nullable('Any name: common, official, former, native, in some 100 languages.'))
  anyName?: TextFilter | null;

  @Field(() => TextFilter, nullable('Each condition must hold for one of `capitals`.'))
  capital?: TextFilter | null;

  @Field(() => [Region], nullable('In one of these.'))
  regions?: Region[] | null;

  @Field(() => [String], nullable('In one of these, such as "Western Africa".'))
  subregions?: string[] | null;

  @Field(() => [CurrencyCodeScalar], nullable('Uses one of these.'))
  currencies?: string[] | null;

  @Field(() => FloatRange, nullable('People.'))
  population?: FloatRange | null;

  @Field(() => FloatRange, nullable('US dollars per year.'))
  estimatedGdp?: FloatRange | null;

  @Field(() => FloatRange, nullable('US dollars per capita per year.'))
  gdpPerCapita?: FloatRange | null;

  @Field(() => FloatRange, nullable('Square kilometres.'))
  areaKm2?: FloatRange | null;

  @Field(() => [String], nullable('BCP 47 or ISO 639 codes, such as `fr`; macrolanguages such as `no` too.'))
  languages?: string[] | null;

  @Field(() => [CountryCodeScalar], nullable('Borders one of these: alpha-2 or alpha-3.'))
  borders?: string[] | null;

  @Field(() => [String], nullable('Such as `+41`, `0041` or `41`.'))
  callingCodes?: string[] | null;

  @Field(() => [String], nullable('Such as `.ch` or `ch`.'))
  topLevelDomains?: string[] | null;

  @Field(() => TextFilter, nullable('The English word for its people.'))
  demonym?: TextFilter | null;

  @Field(() => Boolean, nullable('Whether it has no coast.'))
  landlocked?: boolean | null;

  @Field(() => Boolean, nullable('Whether it is a sovereign state.'))
  independent?: boolean | null;

  @Field(() => Boolean, nullable('Whether it is a member of the United Nations.'))
  unMember?: boolean | null;

  @Field(() => Boolean, nullable('Whether one of its currencies has an exchange rate.'))
  hasRate?: boolean | null;

  @Field(() => [CountryFilter], nullable('All of these must match.'))
  all?: CountryFilter[] | null;

  @Field(() => [CountryFilter], nullable('At least one of these must match.'))
  any?: CountryFilter[] | null;

  @Field(() => CountryFilter, nullable('This must not match.'))
  not?: CountryFilter | null;
}

export type OrderDirection = keyof typeof OrderDirection;
export const OrderDirection = createEnum('OrderDirection', 'Ascending or descending.', {
  ASC: { description: 'Smallest, or A, first; unknown values last.' },
  DESC: { description: 'Largest, or Z, first; unknown values last.' },
});

interface Ordering {
  description: string;
  /** The type of its value in a cursor, if not null. */
  kind: 'text' | 'number' | 'moment';
  value(country: Country): string | number | null;
}

export const ORDERINGS = {
  CODE: { description: 'The alpha-2 code.', kind: 'text', value: ({ code }) => code },
  ALPHA3: { description: 'The alpha-3 code.', kind: 'text', value: ({ alpha3 }) => alpha3 },
  NUMERIC: { description: 'The numeric code.', kind: 'text', value: ({ numeric }) => numeric },
  NAME: { description: 'Case and accents ignored.', kind: 'text', value: ({ nameKey }) => nameKey },
  OFFICIAL_NAME: { description: 'Case and accents ignored.', kind: 'text', value: (it) => it.officialNameKey },
  REGION: { description: 'Its name in the enum Region.', kind: 'text', value: ({ region }) => region },
  SUBREGION: { description: 'Its English name.', kind: 'text', value: ({ subregion }) => subregion },
  POPULATION: { description: 'People.', kind: 'number', value: ({ population }) => population },
  AREA_KM2: { description: 'Square kilometres.', kind: 'number', value: ({ areaKm2 }) => areaKm2 },
  CURRENCY: { description: 'The code of `currency`.', kind: 'text', value: (it) => it.currency?.code ?? null },
  EXCHANGE_RATE: { description: 'Units for 1 USD.', kind: 'number', value: (it) => it.exchangeRate },
  ESTIMATED_GDP: { description: 'US dollars per year.', kind: 'number', value: (it) => it.estimatedGdp },
  GDP_PER_CAPITA: { description: 'US dollars per year.', kind: 'number', value: (it) => it.gdpPerCapita },
  LAST_REFRESHED_AT: { description: 'A time.', kind: 'moment', value: (it) => it.lastRefreshedAt },
} satisfies Record<string, Ordering>;

export type CountryOrderField = keyof typeof CountryOrderField;
export const CountryOrderField = createEnum(
  'CountryOrderField',
  'The fields that countries can be ordered by.',
  ORDERINGS,
);

@InputType({ description: 'Unknown values come last in both directions; ties are broken by code.' })
export class CountryOrder {
  @Field(() => CountryOrderField, { description: 'What to order by.' })
  field!: CountryOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'Ascending or descending.' })
  direction!: OrderDirection;
}

@ArgsType()
export class CountryKey {
  @Field(() => CountryCodeScalar, nullable('Such as `CI` or `CIV`.'))
  code?: string | null | undefined;

  @Field(() => String, nullable('Any of its names.'))
  name?: string | null | undefined;
}

@ArgsType()
export class CountryToDelete {
  @Field(() => CountryCodeScalar, nullable('Such as `CI` or `CIV`.'))
  code?: string | null | undefined;

  @Field(() => String, nullable('Its common or official name in English; no other name.'))
  name?: string | null | undefined;

  @Field(() => Boolean, { defaultValue: false, description: 'True: no refresh brings it back.' })
  permanently!: boolean;
}

@ArgsType()
export class CountryQuery {
  @Field(() => CountryFilter, nullable('By default, all countries.'))
  filter?: CountryFilter | null | undefined;

  @Field(() => [CountryOrder], nullable('By default, by name. The first entry counts most.'))
  orderBy?: CountryOrder[] | null | undefined;

  @Field(() => Int, nullable('At most this many, up to 1000. By default, all.'))
  first?: number | null | undefined;

  @Field(() => String, nullable('A cursor: the page starts after it.'))
  after?: string | null | undefined;

  @Field(() => Int, nullable('At most this many, from the end, up to 1000. Not with `first`.'))
  last?: number | null | undefined;

  @Field(() => String, nullable('A cursor: the page ends before it.'))
  before?: string | null | undefined;
}
