/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type CurrencyPickerQueryVariables = Exact<{
  locale: string;
}>;


export type CurrencyPickerQuery = { currencies: Array<{ code: string, name: string, symbol: string | null, minorUnit: number }> };

export type ConvertPriceQueryVariables = Exact<{
  amount: number;
  from: string;
  to: Array<string> | string;
}>;


export type ConvertPriceQuery = { convert: Array<{ to: string, result: number, date: string } | null> };

export type CountryPageQueryVariables = Exact<{
  region: Region;
  first: number;
  after?: string | null | undefined;
}>;


export type CountryPageQuery = { countries: { nodes: Array<{ code: string, flagEmoji: string, name: string, capital: string | null, population: number | null, currency: { code: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CountryLineFragment = { code: string, flagEmoji: string, name: string, capital: string | null, population: number | null, currency: { code: string } | null };

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
export const CountryLineFragmentDoc = new TypedDocumentString(`
    fragment CountryLine on Country {
  code
  flagEmoji
  name
  capital
  population
  currency {
    code
  }
}
    `, {"fragmentName":"CountryLine"}) as unknown as TypedDocumentString<CountryLineFragment, unknown>;
export const CurrencyPickerDocument = new TypedDocumentString(`
    query CurrencyPicker($locale: String!) {
  currencies(hasRate: true) {
    code
    name(locale: $locale)
    symbol(locale: $locale)
    minorUnit
  }
}
    `) as unknown as TypedDocumentString<CurrencyPickerQuery, CurrencyPickerQueryVariables>;
export const ConvertPriceDocument = new TypedDocumentString(`
    query ConvertPrice($amount: Float!, $from: CurrencyCode!, $to: [CurrencyCode!]!) {
  convert(amount: $amount, from: $from, to: $to) {
    to
    result
    date
  }
}
    `) as unknown as TypedDocumentString<ConvertPriceQuery, ConvertPriceQueryVariables>;
export const CountryPageDocument = new TypedDocumentString(`
    query CountryPage($region: Region!, $first: Int!, $after: String) {
  countries(filter: {regions: [$region]}, first: $first, after: $after) {
    nodes {
      ...CountryLine
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment CountryLine on Country {
  code
  flagEmoji
  name
  capital
  population
  currency {
    code
  }
}`) as unknown as TypedDocumentString<CountryPageQuery, CountryPageQueryVariables>;