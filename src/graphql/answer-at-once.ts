import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { CountryContext } from '../countries/country.loaders.js';
import { CountryResolver } from '../countries/country.resolver.js';
import type { Country } from '../countries/country.type.js';
import type { CountryKey } from '../countries/country-lookup.js';
import { CurrencyResolver } from '../currencies/currency.resolver.js';
import type { Currency } from '../currencies/currency.type.js';

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
export function answerAtOnce(schema: GraphQLSchema): GraphQLSchema {
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
