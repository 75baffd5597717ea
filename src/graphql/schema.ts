import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { CountryResolver } from '../countries/country.resolver.js';
import { CountryConnectionResolver, PageInfoResolver } from '../countries/country-connection.resolver.js';
import { CurrencyCountriesResolver } from '../countries/currency-countries.resolver.js';
import { LanguageResolver } from '../countries/language.resolver.js';
import { RemovedCountryResolver } from '../countries/removed-country.resolver.js';
import { CurrencyResolver } from '../currencies/currency.resolver.js';
import { RefreshResolver } from '../refresh/refresh.resolver.js';

/** Code first: the classes of the rooms, put together. */
export function createSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      CountryResolver,
      CountryConnectionResolver,
      PageInfoResolver,
      LanguageResolver,
      RemovedCountryResolver,
      CurrencyCountriesResolver,
      CurrencyResolver,
      RefreshResolver,
    ],
    // Arguments are checked by scalars and services; there are no validation classes to run.
    validate: false,
  });
}

/** The schema definition language, sorted, so that a change shows as a change. */
export function printSdl(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
