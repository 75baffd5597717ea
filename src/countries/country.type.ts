import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { CountryCodeScalar, DateTimeScalar, SafeIntScalar } from '../scalars.js';
import { CountryFacts } from './country-facts.type.js';
import { GdpEstimate } from './gdp-estimate.type.js';
import { Region } from './region.js';

registerEnumType(Region, {
  name: 'Region',
  description: 'A region of the world; Antarctica stands by itself.',
  valuesConfig: {
    AFRICA: { description: 'Africa.' },
    AMERICAS: { description: 'North, Central and South America and the Caribbean.' },
    ANTARCTIC: { description: 'Antarctica and the islands around it.' },
    ASIA: { description: 'Asia, the Caucasus, Cyprus and Turkey included.' },
    EUROPE: { description: 'Europe, Russia included.' },
    OCEANIA: { description: 'Australia, New Zealand and the islands of the Pacific.' },
  },
});
@ObjectType({
  simpleResolvers: true,
  description:
    'A country or territory with a code in ISO 3166-1, and Kosovo (XK). Where no source is named, a fact is as the ' +
    'source of the countries tells it: see status.sources.',
})
export class Country extends CountryFacts {
  @Field(() => ID, { description: 'The same as `code`; it stays when names change.' })
  id!: string;

  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-2.' })
  code!: string;

  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-3.' })
  alpha3!: string;

  @Field(() => String, {
    nullable: true,
    description: 'ISO 3166-1 numeric, three digits with leading zeros. Null for Kosovo, which has none.',
  })
  numeric!: string | null;

  /** In English, as the source has it. */
  englishName!: string;

  /** Folded, for the order. */
  nameKey!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'In English, such as "Republic of Côte d\'Ivoire", from the source or else from the reference facts. ' +
      'Null when neither tells it.',
  })
  officialName!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The first of `capitals`. Null when there is none, as for Macao and Antarctica.',
  })
  capital!: string | null;

  @Field(() => [String], {
    description: 'All capitals, in the order of the source; empty when there is none.',
  })
  capitals!: string[];

  @Field(() => Region, {
    nullable: true,
    description: 'The part of the world it lies in. Null when the source does not tell it.',
  })
  region!: Region | null;

  @Field(() => String, {
    nullable: true,
    description: 'Such as "Western Africa". Null when the source does not tell it.',
  })
  subregion!: string | null;

  @Field(() => SafeIntScalar, {
    nullable: true,
    description:
      'People, by the latest count or estimate that the source has. Null when unknown; never 0 for unknown.',
  })
  population!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Square kilometres. Null when the source does not tell it.',
  })
  areaKm2!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The address of an SVG picture of the flag, at the source or at flagcdn.com. Null when there is none.',
  })
  flagUrl!: string | null;

  /** The first currency that has a rate, else the first. */
  currencyCode!: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Units of `currency` for 1 USD at the last refresh, from the source of rates. Null when none of the currencies ' +
      'has a rate.',
  })
  exchangeRate!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'US dollars a year: population x GDP per capita of the World Bank, or see gdp.method. Null when it cannot be ' +
      'estimated: see gdp.reason.',
  })
  estimatedGdp!: number | null;

  @Field(() => GdpEstimate, { description: 'The estimate of the GDP with what it rests on.' })
  gdp!: GdpEstimate;

  @Field(() => DateTimeScalar, { description: 'When a refresh last found it at the source.' })
  lastRefreshedAt!: string;
}
