import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { CountryResolver } from '../countries/country.resolver.js';
import { CountryConnectionResolver, PageInfoResolver } from '../countries/country-connection.resolver.js';
import { CurrencyCountriesResolver } from '../countries/currency-countries.resolver.js';
import { LanguageResolver } from '../countries/language.resolver.js';
import { RemovedCountryResolver } from '../countries/removed-country.resolver.js';
import { CurrencyResolver } from '../currencies/currency.resolver.js';
import { RateResolver } from '../currencies/rate.resolver.js';
import { RefreshResolver } from '../refresh/refresh.resolver.js';
import { answerAtOnce } from './answer-at-once.js';

/** Code first: the classes of the rooms, put together. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      CountryResolver,
      CountryConnectionResolver,
      PageInfoResolver,
      LanguageResolver,
      RemovedCountryResolver,
      CurrencyCountriesResolver,
      CurrencyResolver,
      RateResolver,
      RefreshResolver,
    ],
    // Arguments are checked by scalars and services; there are no validation classes to run.
    validate: false,
    pubSub: NO_TOPICS,
  });
  return answerAtOnce(describeRoots(schema));
}

/** The library has no place for what is said of the three types at the roots. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const descriptions = [
    'What can be asked. What is unknown is null; what makes no sense is an error with a code.',
    'What changes the data. Needs a token where the server does not serve its own machine alone.',
    'What is told as it happens.',
  ];
  for (const [at, root] of roots.entries()) if (root) root.description = descriptions[at];
  return schema;
}

/** The one subscription reads a stream of its own; type-graphql asks for this where there is any subscription. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('No subscription here listens to topics');
  },
};

/** The schema definition language, sorted, so that a change shows as a change. */
export function printSdl(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
