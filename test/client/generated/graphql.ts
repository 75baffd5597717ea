/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A country must match everything that is given. An empty list matches no country. At most 100 filters in one another, 5 deep, and 1000 values in a list. */
export type CountryFilter = {
  /** Every one of these must match. */
  all?: Array<CountryFilter> | null | undefined;
  /** At least one of these must match. */
  any?: Array<CountryFilter> | null | undefined;
  /** Any of its names: common, official, former and alternate, its own, and those in some 25 languages. */
  anyName?: TextFilter | null | undefined;
  /** Square kilometres. */
  areaKm2?: FloatRange | null | undefined;
  /** Neighbours of one of these by land: ISO 3166-1 alpha-2 or alpha-3. */
  borders?: Array<string> | null | undefined;
  /** Such as `+41`, `0041` or `41`. */
  callingCodes?: Array<string> | null | undefined;
  /** Capitals, as the field `capitals` has them. Each condition must hold for one of them. */
  capital?: TextFilter | null | undefined;
  /** ISO 3166-1 alpha-2 or alpha-3. */
  codes?: Array<string> | null | undefined;
  /** Any of the currencies of a country. */
  currencies?: Array<string> | null | undefined;
  /** What its people are called in English. */
  demonym?: TextFilter | null | undefined;
  /** US dollars a year. */
  estimatedGdp?: FloatRange | null | undefined;
  /** US dollars a head and year: gdp.perCapita. */
  gdpPerCapita?: FloatRange | null | undefined;
  /** Whether one of its currencies has an exchange rate. */
  hasRate?: boolean | null | undefined;
  /** Whether it is a sovereign state. */
  independent?: boolean | null | undefined;
  /** Whether it has no coast. */
  landlocked?: boolean | null | undefined;
  /** One of these is spoken there: BCP 47 or ISO 639 codes, such as `fr` or `fra`. */
  languages?: Array<string> | null | undefined;
  /** The common name in English: the field `name`. */
  name?: TextFilter | null | undefined;
  /** This must not match. */
  not?: CountryFilter | null | undefined;
  /** People. */
  population?: FloatRange | null | undefined;
  /** In one of these. */
  regions?: Array<Region> | null | undefined;
  /** As the countries have it, such as "Western Africa". */
  subregions?: Array<string> | null | undefined;
  /** Such as `.ch` or `ch`. */
  topLevelDomains?: Array<string> | null | undefined;
  /** Whether it is a member of the United Nations. */
  unMember?: boolean | null | undefined;
};

/** What is unknown comes last in both directions; ties are broken by code. */
export type CountryOrder = {
  /** Which end comes first. */
  direction?: OrderDirection;
  /** What to order by. */
  field: CountryOrderField;
};

/** What countries are ordered by. */
export type CountryOrderField =
  /** By alpha-3 code. */
  | 'ALPHA3'
  /** By square kilometres. */
  | 'AREA_KM2'
  /** By alpha-2 code. */
  | 'CODE'
  /** By the code of `currency`. */
  | 'CURRENCY'
  /** By US dollars a year. */
  | 'ESTIMATED_GDP'
  /** By units of `currency` for 1 USD. */
  | 'EXCHANGE_RATE'
  /** By US dollars a head and year. */
  | 'GDP_PER_CAPITA'
  /** By the moment of the last refresh that found it. */
  | 'LAST_REFRESHED_AT'
  /** Case and accents folded: Åland Islands stands among the names with A. */
  | 'NAME'
  /** By numeric code. */
  | 'NUMERIC'
  /** Case and accents folded. */
  | 'OFFICIAL_NAME'
  /** By people. */
  | 'POPULATION'
  /** By the name of the region in the enum Region. */
  | 'REGION'
  /** By the name of the subregion. */
  | 'SUBREGION';

/** What a source brings. */
export type Figures =
  /** Countries, their populations, areas, capitals and currencies. */
  | 'COUNTRIES'
  /** GDP per capita. */
  | 'GDP'
  /** Exchange rates. */
  | 'RATES'
  /** What no refresh brings: languages, borders, calling codes, names in other languages and more. */
  | 'REFERENCE';

/** Both ends belong to the range and may be left out. What is unknown is in no range, not even in `{}`. */
export type FloatRange = {
  /** At least; open when not given. */
  gte?: number | null | undefined;
  /** At most; open when not given. */
  lte?: number | null | undefined;
};

/** How a GDP is estimated. */
export type GdpMethod =
  /** Population x a random number from 1000 to 2000 / exchange rate: a stand-in figure, not to be cited. */
  | 'MULTIPLIER'
  /** Population x GDP per capita in current US dollars (World Bank, NY.GDP.PCAP.CD). */
  | 'PER_CAPITA';

/** Why there is no GDP estimate. */
export type NoEstimate =
  /** The World Bank has no GDP per capita for it. */
  | 'NOT_REPORTED'
  /** It has no currency; only for the multiplier method. */
  | 'NO_CURRENCY'
  /** The population is unknown, or nobody lives there. */
  | 'NO_POPULATION'
  /** None of its currencies has an exchange rate; only for the multiplier method. */
  | 'NO_RATE';

/** Which end comes first. */
export type OrderDirection =
  /** The smallest, or A, first; what is unknown last. */
  | 'ASC'
  /** The largest, or Z, first; what is unknown last. */
  | 'DESC';

/** How a refresh is run. */
export type RefreshCountriesInput = {
  /** True: do everything but the writing. */
  dryRun?: boolean;
  /** True: ask the sources again for what is still fresh. */
  force?: boolean;
  /** False: answer at once with the running refresh. */
  wait?: boolean;
};

/** The three fetches run side by side; the picture is drawn after the data are stored. */
export type RefreshPhaseName =
  /** Drawing the summary picture. */
  | 'DRAW'
  /** Asking the source of countries. */
  | 'FETCH_COUNTRIES'
  /** Asking the source of GDP figures. */
  | 'FETCH_GDP'
  /** Asking the source of exchange rates. */
  | 'FETCH_RATES'
  /** Bringing the answers and what is stored together. */
  | 'MERGE'
  /** Writing, in one transaction. */
  | 'STORE';

/** How far a phase of a refresh has come. */
export type RefreshPhaseState =
  /** It has ended well. */
  | 'DONE'
  /** It has ended badly. */
  | 'FAILED'
  /** It has begun and not ended. */
  | 'RUNNING'
  /** There was nothing to do, as when a dry run stores nothing. */
  | 'SKIPPED'
  /** It has not begun. */
  | 'WAITING';

/** How far a refresh has come. */
export type RefreshState =
  /** Somebody stopped it; nothing was written. */
  | 'CANCELLED'
  /** Nothing was written. */
  | 'FAILED'
  /** Nothing has been written yet. */
  | 'RUNNING'
  /** Everything was written, or would have been in a dry run. */
  | 'SUCCEEDED';

/** A region of the world; Antarctica stands by itself. */
export type Region =
  /** Africa. */
  | 'AFRICA'
  /** North, Central and South America and the Caribbean. */
  | 'AMERICAS'
  /** Antarctica and the islands around it. */
  | 'ANTARCTIC'
  /** Asia, the Caucasus, Cyprus and Turkey included. */
  | 'ASIA'
  /** Europe, Russia included. */
  | 'EUROPE'
  /** Australia, New Zealand and the islands of the Pacific. */
  | 'OCEANIA';

/** All that is given must hold. Case and accents are ignored: `cote d'ivoire` finds Côte d'Ivoire. No wildcards. */
export type TextFilter = {
  /** A part of it. */
  contains?: string | null | undefined;
  /** Its end. */
  endsWith?: string | null | undefined;
  /** The whole text. */
  equals?: string | null | undefined;
  /** Equal to one of these; at most 1000. */
  in?: Array<string> | null | undefined;
  /** Its beginning. */
  startsWith?: string | null | undefined;
};

export type TopEconomiesQueryVariables = Exact<{
  first: number;
}>;


export type TopEconomiesQuery = { countries: { totalCount: number, nodes: Array<{ code: string, name: string, population: number | null, exchangeRate: number | null, estimatedGdp: number | null, currency: { code: string } | null }> } };

export type CountryByCodeQueryVariables = Exact<{
  code: string;
}>;


export type CountryByCodeQuery = { country: { id: string, code: string, alpha3: string, numeric: string | null, name: string, officialName: string | null, capital: string | null, capitals: Array<string>, region: Region | null, subregion: string | null, population: number | null, areaKm2: number | null, flagEmoji: string, flagUrl: string | null, exchangeRate: number | null, estimatedGdp: number | null, lastRefreshedAt: string, french: string, gdp: { value: number | null, method: GdpMethod, perCapita: number | null, year: number | null, reason: NoEstimate | null }, currency: { code: string, name: string, symbol: string | null, rate: { base: string, quote: string, rate: number, date: string } | null } | null, currencies: Array<{ code: string }> } | null };

export type CountryByNameQueryVariables = Exact<{
  name: string;
}>;


export type CountryByNameQuery = { country: { id: string, code: string, alpha3: string, numeric: string | null, name: string, officialName: string | null, capital: string | null, capitals: Array<string>, region: Region | null, subregion: string | null, population: number | null, areaKm2: number | null, flagEmoji: string, flagUrl: string | null, exchangeRate: number | null, estimatedGdp: number | null, lastRefreshedAt: string, french: string, gdp: { value: number | null, method: GdpMethod, perCapita: number | null, year: number | null, reason: NoEstimate | null }, currency: { code: string, name: string, symbol: string | null, rate: { base: string, quote: string, rate: number, date: string } | null } | null, currencies: Array<{ code: string }> } | null };

export type CountryFactsFragment = { id: string, code: string, alpha3: string, numeric: string | null, name: string, officialName: string | null, capital: string | null, capitals: Array<string>, region: Region | null, subregion: string | null, population: number | null, areaKm2: number | null, flagEmoji: string, flagUrl: string | null, exchangeRate: number | null, estimatedGdp: number | null, lastRefreshedAt: string, french: string, gdp: { value: number | null, method: GdpMethod, perCapita: number | null, year: number | null, reason: NoEstimate | null }, currency: { code: string, name: string, symbol: string | null, rate: { base: string, quote: string, rate: number, date: string } | null } | null, currencies: Array<{ code: string }> };

export type CountryPageQueryVariables = Exact<{
  filter?: CountryFilter | null | undefined;
  orderBy?: Array<CountryOrder> | CountryOrder | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CountryPageQuery = { countries: { totalCount: number, nodes: Array<{ code: string, name: string }>, edges: Array<{ cursor: string, node: { code: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CurrencyByCodeQueryVariables = Exact<{
  code: string;
  base?: string | null | undefined;
  on?: string | null | undefined;
}>;


export type CurrencyByCodeQuery = { currency: { code: string, name: string, symbol: string | null, german: string, rate: { base: string, quote: string, rate: number, date: string } | null, countries: Array<{ code: string, name: string }> } | null };

export type ConvertQueryVariables = Exact<{
  amount: number;
  from: string;
  to: Array<string> | string;
  on?: string | null | undefined;
}>;


export type ConvertQuery = { convert: Array<{ amount: number, from: string, to: string, result: number, rate: number, date: string } | null> };

export type ServerStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerStatusQuery = { status: { totalCountries: number, lastRefreshedAt: string | null, stale: boolean, bundled: boolean, summaryImageUrl: string | null, version: string, running: { id: string } | null, sources: Array<{ provides: Figures, source: string, url: string, observedAt: string | null, licence: string, attribution: string, bundled: boolean }> } };

export type RefreshCountriesMutationVariables = Exact<{
  input?: RefreshCountriesInput | null | undefined;
}>;


export type RefreshCountriesMutation = { refreshCountries: { id: string, state: RefreshState, dryRun: boolean, joined: boolean, startedBy: string, startedAt: string, finishedAt: string | null, durationMs: number | null, progress: number, received: number, inserted: number, updated: number, unchanged: number, rejected: number, missing: number, phases: Array<{ name: RefreshPhaseName, state: RefreshPhaseState, durationMs: number | null, done: number, total: number | null }>, sources: Array<{ provides: Figures, source: string, bundled: boolean }>, warnings: Array<{ code: string, country: string | null, currency: string | null, message: string }>, failure: { code: string, message: string, details: string | null } | null } };

export type RefreshReportFragment = { id: string, state: RefreshState, dryRun: boolean, joined: boolean, startedBy: string, startedAt: string, finishedAt: string | null, durationMs: number | null, progress: number, received: number, inserted: number, updated: number, unchanged: number, rejected: number, missing: number, phases: Array<{ name: RefreshPhaseName, state: RefreshPhaseState, durationMs: number | null, done: number, total: number | null }>, sources: Array<{ provides: Figures, source: string, bundled: boolean }>, warnings: Array<{ code: string, country: string | null, currency: string | null, message: string }>, failure: { code: string, message: string, details: string | null } | null };

export type DeleteCountryMutationVariables = Exact<{
  code?: string | null | undefined;
  name?: string | null | undefined;
}>;


export type DeleteCountryMutation = { deleteCountry: { code: string, name: string } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CountryFactsFragmentDoc = new TypedDocumentString(`
    fragment CountryFacts on Country {
  id
  code
  alpha3
  numeric
  name
  french: name(locale: "fr")
  officialName
  capital
  capitals
  region
  subregion
  population
  areaKm2
  flagEmoji
  flagUrl
  exchangeRate
  estimatedGdp
  gdp {
    value
    method
    perCapita
    year
    reason
  }
  currency {
    code
    name
    symbol
    rate {
      base
      quote
      rate
      date
    }
  }
  currencies {
    code
  }
  lastRefreshedAt
}
    `, {"fragmentName":"CountryFacts"}) as unknown as TypedDocumentString<CountryFactsFragment, unknown>;
export const RefreshReportFragmentDoc = new TypedDocumentString(`
    fragment RefreshReport on Refresh {
  id
  state
  dryRun
  joined
  startedBy
  startedAt
  finishedAt
  durationMs
  progress
  phases {
    name
    state
    durationMs
    done
    total
  }
  received
  inserted
  updated
  unchanged
  rejected
  missing
  sources {
    provides
    source
    bundled
  }
  warnings {
    code
    country
    currency
    message
  }
  failure {
    code
    message
    details
  }
}
    `, {"fragmentName":"RefreshReport"}) as unknown as TypedDocumentString<RefreshReportFragment, unknown>;
export const TopEconomiesDocument = new TypedDocumentString(`
    query TopEconomies($first: Int!) {
  countries(first: $first, orderBy: [{field: ESTIMATED_GDP, direction: DESC}]) {
    totalCount
    nodes {
      code
      name
      population
      exchangeRate
      estimatedGdp
      currency {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TopEconomiesQuery, TopEconomiesQueryVariables>;
export const CountryByCodeDocument = new TypedDocumentString(`
    query CountryByCode($code: CountryCode!) {
  country(code: $code) {
    ...CountryFacts
  }
}
    fragment CountryFacts on Country {
  id
  code
  alpha3
  numeric
  name
  french: name(locale: "fr")
  officialName
  capital
  capitals
  region
  subregion
  population
  areaKm2
  flagEmoji
  flagUrl
  exchangeRate
  estimatedGdp
  gdp {
    value
    method
    perCapita
    year
    reason
  }
  currency {
    code
    name
    symbol
    rate {
      base
      quote
      rate
      date
    }
  }
  currencies {
    code
  }
  lastRefreshedAt
}`) as unknown as TypedDocumentString<CountryByCodeQuery, CountryByCodeQueryVariables>;
export const CountryByNameDocument = new TypedDocumentString(`
    query CountryByName($name: String!) {
  country(name: $name) {
    ...CountryFacts
  }
}
    fragment CountryFacts on Country {
  id
  code
  alpha3
  numeric
  name
  french: name(locale: "fr")
  officialName
  capital
  capitals
  region
  subregion
  population
  areaKm2
  flagEmoji
  flagUrl
  exchangeRate
  estimatedGdp
  gdp {
    value
    method
    perCapita
    year
    reason
  }
  currency {
    code
    name
    symbol
    rate {
      base
      quote
      rate
      date
    }
  }
  currencies {
    code
  }
  lastRefreshedAt
}`) as unknown as TypedDocumentString<CountryByNameQuery, CountryByNameQueryVariables>;
export const CountryPageDocument = new TypedDocumentString(`
    query CountryPage($filter: CountryFilter, $orderBy: [CountryOrder!], $first: Int, $after: String) {
  countries(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    nodes {
      code
      name
    }
    edges {
      cursor
      node {
        code
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<CountryPageQuery, CountryPageQueryVariables>;
export const CurrencyByCodeDocument = new TypedDocumentString(`
    query CurrencyByCode($code: CurrencyCode!, $base: CurrencyCode, $on: Date) {
  currency(code: $code) {
    code
    name
    german: name(locale: "de")
    symbol
    rate(base: $base, on: $on) {
      base
      quote
      rate
      date
    }
    countries {
      code
      name
    }
  }
}
    `) as unknown as TypedDocumentString<CurrencyByCodeQuery, CurrencyByCodeQueryVariables>;
export const ConvertDocument = new TypedDocumentString(`
    query Convert($amount: Float!, $from: CurrencyCode!, $to: [CurrencyCode!]!, $on: Date) {
  convert(amount: $amount, from: $from, to: $to, on: $on) {
    amount
    from
    to
    result
    rate
    date
  }
}
    `) as unknown as TypedDocumentString<ConvertQuery, ConvertQueryVariables>;
export const ServerStatusDocument = new TypedDocumentString(`
    query ServerStatus {
  status {
    totalCountries
    lastRefreshedAt
    stale
    bundled
    summaryImageUrl
    version
    running {
      id
    }
    sources {
      provides
      source
      url
      observedAt
      licence
      attribution
      bundled
    }
  }
}
    `) as unknown as TypedDocumentString<ServerStatusQuery, ServerStatusQueryVariables>;
export const RefreshCountriesDocument = new TypedDocumentString(`
    mutation RefreshCountries($input: RefreshCountriesInput) {
  refreshCountries(input: $input) {
    ...RefreshReport
  }
}
    fragment RefreshReport on Refresh {
  id
  state
  dryRun
  joined
  startedBy
  startedAt
  finishedAt
  durationMs
  progress
  phases {
    name
    state
    durationMs
    done
    total
  }
  received
  inserted
  updated
  unchanged
  rejected
  missing
  sources {
    provides
    source
    bundled
  }
  warnings {
    code
    country
    currency
    message
  }
  failure {
    code
    message
    details
  }
}`) as unknown as TypedDocumentString<RefreshCountriesMutation, RefreshCountriesMutationVariables>;
export const DeleteCountryDocument = new TypedDocumentString(`
    mutation DeleteCountry($code: CountryCode, $name: String) {
  deleteCountry(code: $code, name: $name) {
    code
    name
  }
}
    `) as unknown as TypedDocumentString<DeleteCountryMutation, DeleteCountryMutationVariables>;