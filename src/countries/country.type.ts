import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Currency } from '../currencies/currency.type.js';
import { Node } from '../node.js';
import { DataSource } from '../provenance/provenance.type.js';
import { CountryCodeScalar, createEnum, DateScalar, DateTimeScalar, nullable, SafeIntScalar } from '../scalars.js';
import { GdpMethod, NoEstimate, Region } from './gdp.js';

registerEnumType(Region, {
  name: 'Region',
  description: 'A region of the world.',
  valuesConfig: {
    AFRICA: { description: 'Africa.' },
    AMERICAS: { description: 'North, Central and South America and the Caribbean.' },
    ANTARCTIC: { description: 'Antarctica and the islands around it.' },
    ASIA: { description: 'Asia, including the Caucasus, Cyprus and Turkey.' },
    EUROPE: { description: 'Europe, including Russia.' },
    OCEANIA: { description: 'Australia, New Zealand and the islands of the Pacific.' },
  },
});

export type Continent = keyof typeof Continent;
const Continent = createEnum('Continent', 'The regions, with the Americas divided in two by their subregions.', {
  AFRICA: { description: 'The region AFRICA.' },
  ANTARCTICA: { description: 'The region ANTARCTIC.' },
  ASIA: { description: 'The region ASIA.' },
  EUROPE: { description: 'The region EUROPE.' },
  NORTH_AMERICA: { description: 'North and Central America and the Caribbean.' },
  OCEANIA: { description: 'The region OCEANIA.' },
  SOUTH_AMERICA: { description: 'The subregion "South America".' },
});

/** Appended where a fact does not come from the countries source. */
const SOURCE = 'Source: the reference facts that come with the server (world-countries, Unicode CLDR).';

export function reference(description: string) {
  return { description: `${description} ${SOURCE}` };
}

export function nullableReference(description: string) {
  return nullable(`${description} ${SOURCE}`);
}

/** Facts that no refresh fetches, joined by code. */
@ObjectType({ simpleResolvers: true })
export abstract class CountryFacts {
  @Field(() => [String], reference('Names in English or its own languages, such as "Côte d\'Ivoire".'))
  alternateNames!: string[];

  @Field(() => [NativeName], reference('Names in its own languages; none for Antarctica.'))
  nativeNames!: NativeName[];

  @Field(() => String, nullableReference('The English word for its people, such as "Swiss". Null if none.'))
  demonym!: string | null;

  @Field(
    () => [Language],
    reference('Languages that are official, even if only in a part of it, or widely spoken; official first.'),
  )
  languages!: Language[];

  @Field(() => [String], reference('International calling codes, such as "+41", or "+1809" of those that share +1.'))
  callingCodes!: string[];

  @Field(() => [String], reference('Country code top-level domains in all its scripts, such as ".ch".'))
  topLevelDomains!: string[];

  @Field(() => Float, nullableReference('Degrees north of its centre. Null for an unknown country.'))
  latitude!: number | null;

  @Field(() => Float, nullableReference('Degrees east of its centre. Null for an unknown country.'))
  longitude!: number | null;

  @Field(() => Boolean, nullableReference('Whether it has no coast. Null for an unknown country.'))
  landlocked!: boolean | null;

  @Field(() => Boolean, nullableReference('Whether it is a sovereign state. Null if that is disputed.'))
  independent!: boolean | null;

  @Field(() => Boolean, nullableReference('Whether it is a UN member. Null for an unknown country.'))
  unMember!: boolean | null;

  @Field(() => [String], reference('IANA names, such as "Europe/Zurich"; none where it is uninhabited.'))
  timezones!: string[];

  @Field(() => String, nullableReference('# is a digit, @ a letter, | separates alternatives. Null without codes.'))
  postalCodeFormat!: string | null;

  /** Of all neighbours, stored or not. */
  borderCodes!: string[];
}

registerEnumType(GdpMethod, {
  name: 'GdpMethod',
  description: 'How a GDP is estimated.',
  valuesConfig: {
    PER_CAPITA: { description: 'Population x GDP per capita in current US dollars (World Bank, NY.GDP.PCAP.CD).' },
    MULTIPLIER: { description: 'Population x random(1000..2000) / exchange rate: a placeholder, not to be cited.' },
  },
});
registerEnumType(NoEstimate, {
  name: 'NoEstimate',
  description: 'Why there is no GDP estimate.',
  valuesConfig: {
    NO_POPULATION: { description: 'The population is unknown, or there is none.' },
    NOT_REPORTED: { description: 'The World Bank reports no GDP per capita for it.' },
    NO_CURRENCY: { description: 'It has no currency; multiplier method only.' },
    NO_RATE: { description: 'None of its currencies has an exchange rate; multiplier method only.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'A country or territory with a code in ISO 3166-1, or Kosovo (XK). Facts without a named source come from the ' +
    'countries source: see status.sources. Null stands for a fact that the source does not give.',
})
export class Country extends CountryFacts {
  @Field(() => ID, { description: 'Equal to `code`; it stays the same when names change.' })
  id!: string;

  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-2.' })
  code!: string;

  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-3.' })
  alpha3!: string;

  @Field(() => String, nullable('ISO 3166-1 numeric, three digits. Null for Kosovo, which has none.'))
  numeric!: string | null;

  englishName!: string;

  /** Here and below: folded by nameKey. */
  nameKey!: string;

  @Field(() => String, nullable('In English. Null when neither the source nor the reference facts have it.'))
  officialName!: string | null;

  officialNameKey!: string | null;

  /** The common and the official name, folded by searchKey. */
  searchKeys!: string[];

  @Field(() => String, nullable('The first of `capitals`. Null when there is none, as for Macao.'))
  capital!: string | null;

  @Field(() => [String], reference('All capitals, in English.'))
  capitals!: string[];

  capitalKeys!: string[];

  @Field(() => Region, nullable('Null when the source does not give it.'))
  region!: Region | null;

  @Field(() => Continent, nullable('By `region` and `subregion`. Null when the source does not give those.'))
  continent!: Continent | null;

  @Field(() => String, nullable('Such as "Western Africa". Null when the source does not give it.'))
  subregion!: string | null;

  @Field(() => SafeIntScalar, nullable('People: the latest figure of the source. Null if unknown.'))
  population!: number | null;

  @Field(() => Float, nullable('Square kilometres. Null when the source does not give it.'))
  areaKm2!: number | null;

  @Field(() => String, { description: 'Two regional indicator letters, which fonts draw as the flag.' })
  flagEmoji!: string;

  @Field(() => String, nullable('URL of an SVG image, from the source or flagcdn.com. Null if unknown.'))
  flagUrl!: string | null;

  @Field(() => Currency, nullable('The first of `currencies` that has a rate, or else the first. Null if none.'))
  currency!: Currency | null;

  /** Of the day of the snapshot. */
  currencies!: Currency[];

  @Field(() => Float, nullable('Units of `currency` for 1 USD, from the rates source. Null if unknown.'))
  exchangeRate!: number | null;

  @Field(() => Float, nullable('US dollars per year; see gdp for its inputs, or the reason why it is null.'))
  estimatedGdp!: number | null;

  @Field(() => Float, nullable('US dollars per capita per year: gdp.perCapita. Null when the World Bank reports none.'))
  gdpPerCapita!: number | null;

  @Field(() => GdpEstimate, { description: 'The GDP estimate with its inputs.' })
  gdp!: GdpEstimate;

  @Field(() => [Country], reference('Stored neighbours by land, by name; none for islands.'))
  borders!: Country[];

  @Field(() => DateTimeScalar, { description: 'When a refresh last found it at the source.' })
  lastRefreshedAt!: string;

  @Field(() => DataSource, {
    description: 'The source that last sent it. Facts that it left out may come from earlier ones.',
  })
  source!: DataSource;
}

@ObjectType({ simpleResolvers: true, description: 'An estimate of the gross domestic product, with its inputs.' })
export class GdpEstimate {
  @Field(() => Float, nullable('US dollars per year. Null when it cannot be estimated: see reason.'))
  value!: number | null;

  @Field(() => GdpMethod, { description: 'How it was estimated: the setting GDP_METHOD of the server.' })
  method!: GdpMethod;

  @Field(() => Float, nullable('US dollars per capita per year. Null when the World Bank reports none.'))
  perCapita!: number | null;

  @Field(() => Int, nullable('The year of perCapita. Null without it.'))
  year!: number | null;

  @Field(() => NoEstimate, nullable('Why value is null. Null when there is a value.'))
  reason!: NoEstimate | null;

  @Field(() => DataSource, nullable('The source of perCapita. Null without it.'))
  source!: DataSource | null;

  @Field(() => SafeIntScalar, nullable('People: the population that it is estimated from. Null if unknown.'))
  population!: number | null;

  @Field(() => DataSource, nullable('The source of the population. Null without it.'))
  populationSource!: DataSource | null;

  @Field(
    () => DateScalar,
    nullable(
      'The day of the edition that the population is from; sources do not say which year it is for. Null when they ' +
        'do not give the day either.',
    ),
  )
  populationAsOf!: string | null;

  @Field(
    () => String,
    nullable(
      'A caveat to show with the estimate, in English: perCapita and population cover different territories, as for ' +
        'Cyprus, or perCapita is more than five years older than the population. Null if neither is known to apply.',
    ),
  )
  coverage!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'A language that is official or widely spoken in a country, or a macrolanguage of such languages.',
})
export class Language {
  @Field(() => ID, { description: 'Equal to `code`.' })
  id!: string;

  @Field(() => String, {
    description: 'BCP 47, as Unicode CLDR writes it: two letters where there are any, else three.',
  })
  code!: string;

  @Field(() => String, { description: 'ISO 639-3.' })
  alpha3!: string;

  englishName!: string;

  /** Of a macrolanguage. */
  memberCodes!: string[];

  /** False for a macrolanguage that countries have only through its members. */
  isSpoken!: boolean;

  /** Alpha-2, including those of its members. */
  countryCodes!: string[];
}

@ObjectType({ simpleResolvers: true, description: 'The name of a country in one of its own languages.' })
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
