/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query CurrencyPicker($locale: String!) {\n  currencies(hasRate: true) {\n    code\n    name(locale: $locale)\n    symbol(locale: $locale)\n    minorUnit\n  }\n}\n\nquery ConvertPrice($amount: Float!, $from: CurrencyCode!, $to: [CurrencyCode!]!) {\n  convert(amount: $amount, from: $from, to: $to) {\n    to\n    result\n    date\n  }\n}\n\nquery CountryPage($region: Region!, $first: Int!, $after: String) {\n  countries(filter: {regions: [$region]}, first: $first, after: $after) {\n    nodes {\n      ...CountryLine\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nfragment CountryLine on Country {\n  code\n  flagEmoji\n  name\n  capital\n  population\n  currency {\n    code\n  }\n}": typeof types.CurrencyPickerDocument,
};
const documents: Documents = {
    "query CurrencyPicker($locale: String!) {\n  currencies(hasRate: true) {\n    code\n    name(locale: $locale)\n    symbol(locale: $locale)\n    minorUnit\n  }\n}\n\nquery ConvertPrice($amount: Float!, $from: CurrencyCode!, $to: [CurrencyCode!]!) {\n  convert(amount: $amount, from: $from, to: $to) {\n    to\n    result\n    date\n  }\n}\n\nquery CountryPage($region: Region!, $first: Int!, $after: String) {\n  countries(filter: {regions: [$region]}, first: $first, after: $after) {\n    nodes {\n      ...CountryLine\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nfragment CountryLine on Country {\n  code\n  flagEmoji\n  name\n  capital\n  population\n  currency {\n    code\n  }\n}": types.CurrencyPickerDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CurrencyPicker($locale: String!) {\n  currencies(hasRate: true) {\n    code\n    name(locale: $locale)\n    symbol(locale: $locale)\n    minorUnit\n  }\n}\n\nquery ConvertPrice($amount: Float!, $from: CurrencyCode!, $to: [CurrencyCode!]!) {\n  convert(amount: $amount, from: $from, to: $to) {\n    to\n    result\n    date\n  }\n}\n\nquery CountryPage($region: Region!, $first: Int!, $after: String) {\n  countries(filter: {regions: [$region]}, first: $first, after: $after) {\n    nodes {\n      ...CountryLine\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\nfragment CountryLine on Country {\n  code\n  flagEmoji\n  name\n  capital\n  population\n  currency {\n    code\n  }\n}"): typeof import('./graphql.js').CurrencyPickerDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
