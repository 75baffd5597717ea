/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** A country must match all conditions given. An empty list matches no country. At most 100 nested filters, 5 levels deep, and 1000 values in a list. */
export type CountryFilter = {
  /** All of these must match. */
  all?: Array<CountryFilter> | null | undefined;
  /** At least one of these must match. */
  any?: Array<CountryFilter> | null | undefined;
  /** Any name: common, official, former, native, in some 100 languages. */
  anyName?: TextFilter | null | undefined;
  /** Square kilometres. */
  areaKm2?: FloatRange | null | undefined;
  /** Borders one of these: alpha-2 or alpha-3. */
  borders?: Array<string> | null | undefined;
  /** Such as `+41`, `0041` or `41`. */
  callingCodes?: Array<string> | null | undefined;
  /** Each condition must hold for one of `capitals`. */
  capital?: TextFilter | null | undefined;
  /** ISO 3166-1 alpha-2 or alpha-3. */
  codes?: Array<string> | null | undefined;
  /** Uses one of these. */
  currencies?: Array<string> | null | undefined;
  /** The English word for its people. */
  demonym?: TextFilter | null | undefined;
  /** US dollars per year. */
  estimatedGdp?: FloatRange | null | undefined;
  /** US dollars per capita per year. */
  gdpPerCapita?: FloatRange | null | undefined;
  /** Whether one of its currencies has an exchange rate. */
  hasRate?: boolean | null | undefined;
  /** Whether it is a sovereign state. */
  independent?: boolean | null | undefined;
  /** Whether it has no coast. */
  landlocked?: boolean | null | undefined;
  /** BCP 47 or ISO 639 codes, such as `fr`; macrolanguages such as `no` too. */
  languages?: Array<string> | null | undefined;
  /** The common name in English: the field `name`. */
  name?: TextFilter | null | undefined;
  /** This must not match. */
  not?: CountryFilter | null | undefined;
  /** People. */
  population?: FloatRange | null | undefined;
  /** In one of these. */
  regions?: Array<Region> | null | undefined;
  /** In one of these, such as "Western Africa". */
  subregions?: Array<string> | null | undefined;
  /** Such as `.ch` or `ch`. */
  topLevelDomains?: Array<string> | null | undefined;
  /** Whether it is a member of the United Nations. */
  unMember?: boolean | null | undefined;
};

/** Unknown values come last in both directions; ties are broken by code. */
export type CountryOrder = {
  /** Ascending or descending. */
  direction?: OrderDirection;
  /** What to order by. */
  field: CountryOrderField;
};

/** The fields that countries can be ordered by. */
export type CountryOrderField =
  /** The alpha-3 code. */
  | 'ALPHA3'
  /** Square kilometres. */
  | 'AREA_KM2'
  /** The alpha-2 code. */
  | 'CODE'
  /** The code of `currency`. */
  | 'CURRENCY'
  /** US dollars per year. */
  | 'ESTIMATED_GDP'
  /** Units for 1 USD. */
  | 'EXCHANGE_RATE'
  /** US dollars per year. */
  | 'GDP_PER_CAPITA'
  /** A time. */
  | 'LAST_REFRESHED_AT'
  /** Case and accents ignored. */
  | 'NAME'
  /** The numeric code. */
  | 'NUMERIC'
  /** Case and accents ignored. */
  | 'OFFICIAL_NAME'
  /** People. */
  | 'POPULATION'
  /** Its name in the enum Region. */
  | 'REGION'
  /** Its English name. */
  | 'SUBREGION';

/** What a source provides. */
export type Figures =
  /** Countries, their populations, areas, capitals and currencies. */
  | 'COUNTRIES'
  /** GDP per capita. */
  | 'GDP'
  /** Exchange rates. */
  | 'RATES'
  /** What no refresh fetches: languages, borders, calling codes, names in other languages and more. */
  | 'REFERENCE';

/** Both ends are included, and optional. An unknown figure is in no range, not even in `{}`. */
export type FloatRange = {
  /** At least. */
  gte?: number | null | undefined;
  /** At most. */
  lte?: number | null | undefined;
};

/** How a GDP is estimated. */
export type GdpMethod =
  /** Population x random(1000..2000) / exchange rate: a placeholder, not to be cited. */
  | 'MULTIPLIER'
  /** Population x GDP per capita in current US dollars (World Bank, NY.GDP.PCAP.CD). */
  | 'PER_CAPITA';

/** Why there is no GDP estimate. */
export type NoEstimate =
  /** The World Bank reports no GDP per capita for it. */
  | 'NOT_REPORTED'
  /** It has no currency; multiplier method only. */
  | 'NO_CURRENCY'
  /** The population is unknown, or there is none. */
  | 'NO_POPULATION'
  /** None of its currencies has an exchange rate; multiplier method only. */
  | 'NO_RATE';

/** Ascending or descending. */
export type OrderDirection =
  /** Smallest, or A, first; unknown values last. */
  | 'ASC'
  /** Largest, or Z, first; unknown values last. */
  | 'DESC';

/** How a refresh is run. */
export type RefreshCountriesInput = {
  /** True: do everything except writing. */
  dryRun?: boolean;
  /** True: ask the sources again for what is still fresh, and accept figures that have moved together. */
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
  /** Combining the answers with what is stored. */
  | 'MERGE'
  /** Writing, in one transaction. */
  | 'STORE';

/** How far a phase of a refresh has come. */
export type RefreshPhaseState =
  /** It has succeeded. */
  | 'DONE'
  /** It has failed. */
  | 'FAILED'
  /** It has begun but not ended. */
  | 'RUNNING'
  /** There was nothing to do, as when a dry run stores nothing. */
  | 'SKIPPED'
  /** It has not begun. */
  | 'WAITING';

/** How far a refresh has come. */
export type RefreshState =
  /** Stopped before its commit; nothing was written. */
  | 'CANCELLED'
  /** Nothing was written. */
  | 'FAILED'
  /** Nothing has been written yet. */
  | 'RUNNING'
  /** Everything was written, or would have been in a dry run. */
  | 'SUCCEEDED';

/** A region of the world. */
export type Region =
  /** Africa. */
  | 'AFRICA'
  /** North, Central and South America and the Caribbean. */
  | 'AMERICAS'
  /** Antarctica and the islands around it. */
  | 'ANTARCTIC'
  /** Asia, including the Caucasus, Cyprus and Turkey. */
  | 'ASIA'
  /** Europe, including Russia. */
  | 'EUROPE'
  /** Australia, New Zealand and the islands of the Pacific. */
  | 'OCEANIA';

/** All conditions given must hold. Case and accents are ignored: `cote d'ivoire` finds Côte d'Ivoire. No wildcards. */
export type TextFilter = {
  /** Contains this. */
  contains?: string | null | undefined;
  /** Ends with this. */
  endsWith?: string | null | undefined;
  /** Equal to this. */
  equals?: string | null | undefined;
  /** Equal to one of these; at most 1000. */
  in?: Array<string> | null | undefined;
  /** Starts with this. */
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


export type ServerStatusQuery = { status: { totalCountries: number, lastRefreshedAt: string | null, stale: boolean, bundled: boolean, summaryImageUrl: string | null, version: string, running: { id: string } | null, sources: Array<{ figures: Figures, name: string, bundled: boolean, count: number, observedFrom: string | null, observedTo: string | null, licence: string, attribution: string }> } };

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
      figures
      name
      bundled
      count
      observedFrom
      observedTo
      licence
      attribution
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