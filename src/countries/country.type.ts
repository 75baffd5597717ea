import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Currency } from '../currencies/currency.type.js';
import { CountryCodeScalar, DateTimeScalar, SafeIntScalar } from '../scalars.js';
import { GdpMethod, NoEstimate, Region } from './gdp.js';

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

const SOURCE = 'Source: the reference facts that come with the server (world-countries).';
const UNKNOWN = 'Null when the reference facts do not know the country.';

/** What no refresh brings, joined by code. Plain fields: a resolver for each would cost more than all of them. */
@ObjectType({ simpleResolvers: true })
export abstract class CountryFacts {
  @Field(() => [String], {
    description: `Other names in English or its own languages, such as "Côte d'Ivoire". ${SOURCE}`,
  })
  alternateNames!: string[];

  @Field(() => [NativeName], {
    description: `Its names in its own languages; empty where there are none, as in Antarctica. ${SOURCE}`,
  })
  nativeNames!: NativeName[];

  @Field(() => String, {
    nullable: true,
    description: `What its people are called in English, such as "Swiss". Null when they have no name. ${SOURCE}`,
  })
  demonym!: string | null;

  @Field(() => [Language], {
    description: `Official and widely spoken languages; empty where nobody lives. ${SOURCE}`,
  })
  languages!: Language[];

  @Field(() => [String], {
    description: `International calling codes, such as "+41"; empty where there is none. ${SOURCE}`,
  })
  callingCodes!: string[];

  @Field(() => [String], {
    description: `Country code top-level domains, such as ".ch", in all its scripts. ${SOURCE}`,
  })
  topLevelDomains!: string[];

  @Field(() => Float, {
    nullable: true,
    description: `Degrees north of the equator, negative to the south, about its middle. ${UNKNOWN} ${SOURCE}`,
  })
  latitude!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: `Degrees east of Greenwich, negative to the west, about its middle. ${UNKNOWN} ${SOURCE}`,
  })
  longitude!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it has no coast. ${UNKNOWN} ${SOURCE}`,
  })
  landlocked!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it is a sovereign state. Null where that is disputed in the source, as for Kosovo. ${SOURCE}`,
  })
  independent!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: `Whether it is a member of the United Nations. ${UNKNOWN} ${SOURCE}`,
  })
  unMember!: boolean | null;

  /** Of all neighbours, stored or not. */
  borderCodes!: string[];

  /** Folded by nameKey: the names that no other country has a better claim to. */
  searchNames!: string[];
}

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

  /** `englishName` as nameKey folds it. */
  nameKey!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'In English, such as "Republic of Côte d\'Ivoire", from the source or else from the reference facts. ' +
      'Null when neither tells it.',
  })
  officialName!: string | null;

  officialNameKey!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The first of `capitals`. Null when there is none, as for Macao and Antarctica.',
  })
  capital!: string | null;

  @Field(() => [String], {
    description: 'All capitals, in the order of the source; empty when there is none.',
  })
  capitals!: string[];

  capitalKeys!: string[];

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

  @Field(() => String, { description: 'Two regional indicator letters, which fonts draw as the flag.' })
  flagEmoji!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The address of an SVG picture of the flag, at the source or at flagcdn.com. Null when there is none.',
  })
  flagUrl!: string | null;

  @Field(() => Currency, {
    nullable: true,
    description: 'The first currency that has a rate, or else the first. Null when the country has none.',
  })
  currency!: Currency | null;

  @Field(() => [Currency], { description: 'All of them, in the order of the source.' })
  currencies!: Currency[];

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

  @Field(() => [Country], {
    description: `The neighbours by land, by name; empty for islands. Only countries that are stored. ${SOURCE}`,
  })
  borders!: Country[];

  @Field(() => DateTimeScalar, { description: 'When a refresh last found it at the source.' })
  lastRefreshedAt!: string;
}

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

@ObjectType({
  simpleResolvers: true,
  description: 'A language that is official or widely spoken in a country.',
})
export class Language {
  @Field(() => String, {
    description: 'BCP 47: ISO 639-1 where there is one, else ISO 639-3. Fit to be given as `locale`.',
  })
  code!: string;

  @Field(() => String, { description: 'ISO 639-3.' })
  alpha3!: string;

  englishName!: string;

  /** Codes. */
  countries!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'What a country is called in one of its own languages.' })
export class NativeName {
  @Field(() => String, { description: 'The language: BCP 47.' })
  language!: string;

  @Field(() => String, { description: 'The common name, such as "Schweiz".' })
  name!: string;

  @Field(() => String, { description: 'The official name, such as "Schweizerische Eidgenossenschaft".' })
  officialName!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A country that was deleted permanently.' })
export class RemovedCountry {
  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-2.' })
  code!: string;

  @Field(() => String, { description: 'In English, as it was when it was deleted.' })
  name!: string;

  @Field(() => DateTimeScalar, { description: 'When it was deleted.' })
  removedAt!: string;
}
