import 'reflect-metadata';
import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isIntrospectionType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { CountryResolver, CurrencyCountriesResolver, LanguageResolver } from '../countries/country.resolver.js';
import { CurrencyResolver, ExchangeRateResolver } from '../currencies/currency.resolver.js';
import { AppError } from '../errors.js';
import { RefreshResolver } from '../refresh/refresh.resolver.js';
import type { RequestContext } from './context.js';
import { NodeResolver } from './node.resolver.js';

/** Code first: from the decorated classes of all folders. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      CountryResolver,
      CurrencyCountriesResolver,
      LanguageResolver,
      CurrencyResolver,
      ExchangeRateResolver,
      RefreshResolver,
      NodeResolver,
    ],
    // Arguments are checked by scalars and services; there are no validation classes to run.
    validate: false,
    // type-graphql would introspect it at each start. Apollo validates it when it is created, and so do the tests.
    skipCheck: true,
    pubSub: NO_TOPICS,
  });
  return listEnumValues(resolveSynchronously(describeRoots(schema)));
}

/** type-graphql has no option for the descriptions of the root types. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const descriptions = {
    Query: 'Queries. Unknown items are null; invalid arguments are errors with a code.',
    Mutation: 'Changes of the data. They need a token unless the server listens on a loopback address only.',
    Subscription: 'Events, over a web socket.',
  };
  for (const [name, description] of Object.entries(descriptions)) {
    const root = schema.getType(name);
    if (root) root.description = description;
  }
  return schema;
}

/**
 * The error for an unknown enum value lists those that exist. GraphQL suggests only values that look alike, and none
 * with INTROSPECTION=off; but the values are no secret, and a caller who writes "Europe" needs one of them.
 */
function listEnumValues(schema: GraphQLSchema): GraphQLSchema {
  for (const type of ownTypes(schema).filter(isEnumType)) {
    const values = `Use ${LIST.format(type.getValues().map(({ name }) => name))}, without quotes in a query.`;
    const { parseValue, parseLiteral } = type;
    type.parseValue = (value) => withHint(values, () => parseValue.call(type, value, true));
    type.parseLiteral = (node) => withHint(values, () => parseLiteral.call(type, node, undefined, true));
  }
  return schema;
}

const LIST = new Intl.ListFormat('en', { type: 'disjunction' });

function withHint<T>(hint: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new GraphQLError(`${error.message} ${hint}`, { nodes: error.nodes ?? null });
  }
}

/** type-graphql requires it for any subscription. Ours has a stream of its own. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error('No subscription uses topics');
  },
};

/** The schema definition language, sorted, so that its diffs show changes only. */
export function printSdl(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/**
 * type-graphql answers every field with an argument through a promise. In a list of countries, those of the names would
 * cost more than all other fields together, so these methods are called directly.
 */
function resolveSynchronously(schema: GraphQLSchema): GraphQLSchema {
  const [country, currency] = [new CountryResolver(), new CurrencyResolver()];
  const resolvers: Record<string, Record<string, Resolve>> = {
    Country: {
      name: (root, { locale }) => country.name(root, locale),
      currencies: (root, { on }, context) => country.currencies(root, on, context),
    },
    Currency: { name: (root, { locale }) => currency.name(root, locale) },
  };
  for (const [typeName, ofType] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [name, resolve] of Object.entries(ofType)) Object.assign(type.getFields()[name] ?? {}, { resolve });
  }
  return schema;
}

type Resolve = NonNullable<ReturnType<GraphQLObjectType['getFields']>[string]['resolve']>;

/**
 * Cancels a query: once its response is not wanted any more, fields with resolvers are not resolved. Statements that the
 * database executes are not interrupted. Plain properties are not checked, for speed.
 */
export function stopWhenCancelled(schema: GraphQLSchema): GraphQLSchema {
  const types = ownTypes(schema).filter(isObjectType);
  for (const field of types.flatMap((type) => Object.values(type.getFields()))) {
    const { resolve } = field;
    if (!resolve || resolve === defaultFieldResolver) continue;
    field.resolve = (source, args, context: RequestContext, info) => {
      if (context.isCancelled()) throw new AppError('QUERY_TOO_COMPLEX', 'The query was cancelled');
      return resolve(source, args, context, info);
    };
  }
  return schema;
}

/** The types of introspection are shared by all schemas. */
function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
}
