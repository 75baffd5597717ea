/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

/** How a GDP is estimated. */
export type GdpMethod =
  /** Population x random(1000..2000) / exchange rate: a placeholder, not to be cited. */
  | 'MULTIPLIER'
  /** Population x GDP per capita in current US dollars (World Bank, NY.GDP.PCAP.CD). */
  | 'PER_CAPITA';

/** The interval between the points of a history, or the length of periods. */
export type HistoryStep =
  /** Every day with an observation. */
  | 'DAY'
  /** Calendar months. */
  | 'MONTH'
  /** Three months, the first from January to March. */
  | 'QUARTER'
  /** Monday to Sunday. */
  | 'WEEK'
  /** Calendar years. */
  | 'YEAR';

/** The status of a code in ISO 4217. */
export type IsoStatus =
  /** In ISO 4217 and in use, including XDR, the IMF unit of account. */
  | 'CURRENT'
  /** No longer legal tender anywhere: see validTo. Some sources still send SLL or ZWL. */
  | 'HISTORIC'
  /** Never in ISO 4217, but in use, such as JEP (Jersey) or IMP (Isle of Man). */
  | 'NON_ISO';

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

export type StatusQueryVariables = Exact<{ [key: string]: never; }>;


export type StatusQuery = { status: { totalCountries: number, lastRefreshedAt: string | null, nextRefreshAt: string | null, stale: boolean, bundled: boolean, version: string, running: { id: string } | null, licence: { id: string, url: string, notice: string } | null, sources: Array<{ name: string, figures: Figures, bundled: boolean, count: number, observedFrom: string | null, observedTo: string | null, licence: string, licenceUrl: string | null, attribution: string }> }, refreshes: Array<{ id: string, state: RefreshState, finishedAt: string | null }> };

export type CountriesQueryVariables = Exact<{
  locale?: string | null | undefined;
}>;


export type CountriesQuery = { countries: { nodes: Array<{ code: string, name: string, region: Region | null, population: number | null, estimatedGdp: number | null, exchangeRate: number | null, gdp: { perCapita: number | null, year: number | null, method: GdpMethod }, currency: { code: string } | null, currencies: Array<{ code: string }> }> } };

export type SearchQueryVariables = Exact<{
  text: string;
}>;


export type SearchQuery = { searchCountries: Array<{ matchedName: string, locale: string | null, country: { code: string } }>, starting: { nodes: Array<{ code: string }> }, containing: { nodes: Array<{ code: string }> } };

export type CurrenciesQueryVariables = Exact<{
  locale?: string | null | undefined;
}>;


export type CurrenciesQuery = { currencies: Array<{ code: string, name: string, rate: { date: string } | null }> };

export type ChangesQueryVariables = Exact<{
  from: string;
  base: string;
}>;


export type ChangesQuery = { currencies: Array<{ code: string, change: number | null }> };

export type ConvertQueryVariables = Exact<{
  amount: number;
  from: string;
  to: string;
  on?: string | null | undefined;
}>;


export type ConvertQuery = { convert: Array<{ from: string, to: string, amount: number, result: number, rate: number, date: string } | null> };

export type CountryQueryVariables = Exact<{
  code: string;
  locale?: string | null | undefined;
}>;


export type CountryQuery = { country: { code: string, alpha3: string, numeric: string | null, name: string, officialName: string | null, capitals: Array<string>, region: Region | null, subregion: string | null, population: number | null, areaKm2: number | null, exchangeRate: number | null, callingCodes: Array<string>, topLevelDomains: Array<string>, timezones: Array<string>, lastRefreshedAt: string, nativeNames: Array<{ language: string, name: string }>, gdp: { value: number | null, perCapita: number | null, year: number | null, method: GdpMethod, reason: NoEstimate | null, coverage: string | null, population: number | null, populationAsOf: string | null, populationSource: { attribution: string } | null, source: { attribution: string, observedTo: string | null } | null }, currencies: Array<{ code: string, name: string, symbol: string | null, rate: { rate: number, date: string } | null }>, languages: Array<{ code: string, name: string, nativeName: string | null }>, borders: Array<{ code: string, name: string }>, source: { attribution: string } } | null };

export type CurrencyQueryVariables = Exact<{
  code: string;
  base: string;
  locale?: string | null | undefined;
}>;


export type CurrencyQuery = { currency: { code: string, name: string, symbol: string | null, numeric: string | null, minorUnit: number, isoStatus: IsoStatus, validFrom: string | null, validTo: string | null, successor: { code: string, name: string } | null, rate: { rate: number, date: string, sources: Array<{ attribution: string }> } | null, coverage: { from: string, to: string } | null, countries: Array<{ code: string, name: string }> } | null };

export type RateHistoryQueryVariables = Exact<{
  code: string;
  base: string;
  from: string;
  step: HistoryStep;
}>;


export type RateHistoryQuery = { currency: { periods: Array<{ from: string, to: string, average: number, min: number, max: number, last: number, observations: number }> } | null };

export type ProgressFragment = { id: string, state: RefreshState, progress: number, startedAt: string, finishedAt: string | null, durationMs: number | null, startedBy: string, received: number, inserted: number, updated: number, unchanged: number, rejected: number, missing: number, phases: Array<{ name: RefreshPhaseName, state: RefreshPhaseState, done: number, total: number | null, durationMs: number | null }>, warnings: Array<{ code: string, message: string }>, failure: { code: string, message: string, details: string | null } | null };

export type RefreshesQueryVariables = Exact<{ [key: string]: never; }>;


export type RefreshesQuery = { refreshes: Array<{ id: string, state: RefreshState, progress: number, startedAt: string, finishedAt: string | null, durationMs: number | null, startedBy: string, received: number, inserted: number, updated: number, unchanged: number, rejected: number, missing: number, phases: Array<{ name: RefreshPhaseName, state: RefreshPhaseState, done: number, total: number | null, durationMs: number | null }>, warnings: Array<{ code: string, message: string }>, failure: { code: string, message: string, details: string | null } | null }> };

export type StartRefreshMutationVariables = Exact<{ [key: string]: never; }>;


export type StartRefreshMutation = { refreshCountries: { id: string } };

export type RefreshProgressSubscriptionVariables = Exact<{
  id?: string | number | null | undefined;
}>;


export type RefreshProgressSubscription = { refreshProgress: { id: string, state: RefreshState, progress: number, startedAt: string, finishedAt: string | null, durationMs: number | null, startedBy: string, received: number, inserted: number, updated: number, unchanged: number, rejected: number, missing: number, phases: Array<{ name: RefreshPhaseName, state: RefreshPhaseState, done: number, total: number | null, durationMs: number | null }>, warnings: Array<{ code: string, message: string }>, failure: { code: string, message: string, details: string | null } | null } };

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
export const ProgressFragmentDoc = new TypedDocumentString(`
    fragment Progress on Refresh {
  id
  state
  progress
  startedAt
  finishedAt
  durationMs
  startedBy
  received
  inserted
  updated
  unchanged
  rejected
  missing
  phases {
    name
    state
    done
    total
    durationMs
  }
  warnings {
    code
    message
  }
  failure {
    code
    message
    details
  }
}
    `, {"fragmentName":"Progress"}) as unknown as TypedDocumentString<ProgressFragment, unknown>;
export const StatusDocument = new TypedDocumentString(`
    query Status {
  status {
    totalCountries
    lastRefreshedAt
    nextRefreshAt
    stale
    bundled
    version
    running {
      id
    }
    licence {
      id
      url
      notice
    }
    sources {
      name
      figures
      bundled
      count
      observedFrom
      observedTo
      licence
      licenceUrl
      attribution
    }
  }
  refreshes(first: 5) {
    id
    state
    finishedAt
  }
}
    `) as unknown as TypedDocumentString<StatusQuery, StatusQueryVariables>;
export const CountriesDocument = new TypedDocumentString(`
    query Countries($locale: String) {
  countries {
    nodes {
      code
      name(locale: $locale)
      region
      population
      estimatedGdp
      gdp {
        perCapita
        year
        method
      }
      exchangeRate
      currency {
        code
      }
      currencies {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CountriesQuery, CountriesQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($text: String!) {
  searchCountries(text: $text, first: 100) {
    matchedName
    locale
    country {
      code
    }
  }
  starting: countries(filter: {anyName: {startsWith: $text}}) {
    nodes {
      code
    }
  }
  containing: countries(filter: {anyName: {contains: $text}}) {
    nodes {
      code
    }
  }
}
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const CurrenciesDocument = new TypedDocumentString(`
    query Currencies($locale: String) {
  currencies {
    code
    name(locale: $locale)
    rate {
      date
    }
  }
}
    `) as unknown as TypedDocumentString<CurrenciesQuery, CurrenciesQueryVariables>;
export const ChangesDocument = new TypedDocumentString(`
    query Changes($from: Date!, $base: CurrencyCode!) {
  currencies(hasRate: true) {
    code
    change(from: $from, base: $base)
  }
}
    `) as unknown as TypedDocumentString<ChangesQuery, ChangesQueryVariables>;
export const ConvertDocument = new TypedDocumentString(`
    query Convert($amount: Float!, $from: CurrencyCode!, $to: CurrencyCode!, $on: Date) {
  convert(amount: $amount, from: $from, to: [$to], on: $on) {
    from
    to
    amount
    result
    rate
    date
  }
}
    `) as unknown as TypedDocumentString<ConvertQuery, ConvertQueryVariables>;
export const CountryDocument = new TypedDocumentString(`
    query Country($code: CountryCode!, $locale: String) {
  country(code: $code) {
    code
    alpha3
    numeric
    name(locale: $locale)
    officialName
    nativeNames {
      language
      name
    }
    capitals
    region
    subregion
    population
    areaKm2
    exchangeRate
    gdp {
      value
      perCapita
      year
      method
      reason
      coverage
      population
      populationAsOf
      populationSource {
        attribution
      }
      source {
        attribution
        observedTo
      }
    }
    currencies {
      code
      name(locale: $locale)
      symbol(locale: $locale)
      rate {
        rate
        date
      }
    }
    languages {
      code
      name(locale: $locale)
      nativeName
    }
    borders {
      code
      name(locale: $locale)
    }
    callingCodes
    topLevelDomains
    timezones
    lastRefreshedAt
    source {
      attribution
    }
  }
}
    `) as unknown as TypedDocumentString<CountryQuery, CountryQueryVariables>;
export const CurrencyDocument = new TypedDocumentString(`
    query Currency($code: CurrencyCode!, $base: CurrencyCode!, $locale: String) {
  currency(code: $code) {
    code
    name(locale: $locale)
    symbol(locale: $locale)
    numeric
    minorUnit
    isoStatus
    validFrom
    validTo
    successor {
      code
      name(locale: $locale)
    }
    rate(base: $base) {
      rate
      date
      sources {
        attribution
      }
    }
    coverage {
      from
      to
    }
    countries {
      code
      name(locale: $locale)
    }
  }
}
    `) as unknown as TypedDocumentString<CurrencyQuery, CurrencyQueryVariables>;
export const RateHistoryDocument = new TypedDocumentString(`
    query RateHistory($code: CurrencyCode!, $base: CurrencyCode!, $from: Date!, $step: HistoryStep!) {
  currency(code: $code) {
    periods(base: $base, from: $from, step: $step) {
      from
      to
      average
      min
      max
      last
      observations
    }
  }
}
    `) as unknown as TypedDocumentString<RateHistoryQuery, RateHistoryQueryVariables>;
export const RefreshesDocument = new TypedDocumentString(`
    query Refreshes {
  refreshes(first: 8) {
    ...Progress
  }
}
    fragment Progress on Refresh {
  id
  state
  progress
  startedAt
  finishedAt
  durationMs
  startedBy
  received
  inserted
  updated
  unchanged
  rejected
  missing
  phases {
    name
    state
    done
    total
    durationMs
  }
  warnings {
    code
    message
  }
  failure {
    code
    message
    details
  }
}`) as unknown as TypedDocumentString<RefreshesQuery, RefreshesQueryVariables>;
export const StartRefreshDocument = new TypedDocumentString(`
    mutation StartRefresh {
  refreshCountries(input: {wait: false}) {
    id
  }
}
    `) as unknown as TypedDocumentString<StartRefreshMutation, StartRefreshMutationVariables>;
export const RefreshProgressDocument = new TypedDocumentString(`
    subscription RefreshProgress($id: ID) {
  refreshProgress(id: $id) {
    ...Progress
  }
}
    fragment Progress on Refresh {
  id
  state
  progress
  startedAt
  finishedAt
  durationMs
  startedBy
  received
  inserted
  updated
  unchanged
  rejected
  missing
  phases {
    name
    state
    done
    total
    durationMs
  }
  warnings {
    code
    message
  }
  failure {
    code
    message
    details
  }
}`) as unknown as TypedDocumentString<RefreshProgressSubscription, RefreshProgressSubscriptionVariables>;