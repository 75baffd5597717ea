import 'reflect-metadata';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { CountryContext } from '../countries/country.loaders.js';
import { CountryResolver } from '../countries/country.resolver.js';
import type { Country } from '../countries/country.type.js';
import { CountryConnectionResolver, PageInfoResolver } from '../countries/country-connection.js';
import type { CountryKey } from '../countries/country-lookup.js';
import { CurrencyCountriesResolver } from '../countries/currency-countries.resolver.js';
import { LanguageResolver } from '../countries/languages.resolver.js';
import { RemovedCountryResolver } from '../countries/removed-country.resolver.js';
import { CurrencyResolver, RateResolver } from '../currencies/currency.resolver.js';
import type { Currency } from '../currencies/currency.type.js';
import { AppError } from '../errors.js';
import { RefreshResolver } from '../refresh/refresh.resolver.js';
import type { RequestContext } from './context.js';

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

const country = new CountryResolver();
const currency = new CurrencyResolver();

interface Locale {
  locale?: string | null;
}

/**
 * type-graphql makes a promise for every field with an argument, to validate it, which is switched off here. For a
 * list of names those promises cost more than all other fields: a third of the whole query. So the methods are called
 * without it, where their arguments are plain values.
 */
function answerAtOnce(schema: GraphQLSchema): GraphQLSchema {
  resolve<unknown, CountryKey>(schema, 'Query', 'country', (_, { code, name }, context, info) =>
    country.country(code, name, context, info),
  );
  resolve<Country, Locale>(schema, 'Country', 'name', (it, { locale }) => country.name(it, locale));
  resolve<Currency, Locale>(schema, 'Currency', 'name', (it, { locale }) => currency.name(it, locale));
  return schema;
}

function resolve<Source, Args>(
  schema: GraphQLSchema,
  typeName: string,
  fieldName: string,
  resolver: GraphQLFieldResolver<Source, CountryContext, Args>,
): void {
  const type = schema.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (!field) throw new Error(`The schema has no ${typeName}.${fieldName}`);
  field.resolve = resolver as GraphQLFieldResolver<unknown, unknown>;
}

/**
 * Lets a query end early: a field that would read something is not resolved once its request is given up. What the
 * database is doing by then it finishes. Fields that only hand on what was read are left as they are, for speed.
 */
export function stopWhenCancelled(schema: GraphQLSchema): GraphQLSchema {
  // The types of introspection are those of all schemas.
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .filter(isObjectType);
  for (const field of types.flatMap((type) => Object.values(type.getFields()))) {
    const { resolve } = field;
    if (!resolve || resolve === defaultFieldResolver) continue;
    field.resolve = (source, args, context: RequestContext, info) => {
      if (context.isCancelled()) throw new AppError('QUERY_TOO_COMPLEX', 'The query was given up');
      return resolve(source, args, context, info);
    };
  }
  return schema;
}
