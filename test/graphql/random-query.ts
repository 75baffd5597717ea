import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Where a query may begin, with arguments that find something, find nothing, or are wrong. */
const ROOTS: Record<string, string[]> = {
  country: ['(code: "CI")', '(code: "che")', '(name: "cote d\'ivoire")', '(code: "ZZ")', '(name: "x", code: "FR")'],
  countries: [
    '(first: 3)',
    '(first: 2, orderBy: [{ field: POPULATION, direction: DESC }])',
    '(filter: { name: { startsWith: "s" } }, first: 4)',
    '(first: -1)',
  ],
  countryStats: ['', '(groupBy: REGION)'],
  currency: ['(code: "XOF")', '(code: "ZZZ")'],
  currencies: ['(codes: ["CHF", "EUR"])'],
  convert: ['(amount: 12.5, from: "EUR", to: ["CHF", "JPY"])', '(amount: 1, from: "ZZZ", to: ["CHF"])'],
};

const ARGUMENTS: Record<string, string[]> = { name: ['', '(locale: "fr")', '(locale: "no such")'] };

/** A query that the schema allows, made of few and shallow selections. */
export function randomQuery(schema: GraphQLSchema, any: GeneratorValue): string {
  const query = schema.getQueryType() as GraphQLObjectType;
  const roots = Object.keys(ROOTS).filter((name) => name in query.getFields());
  const fields = any(fc.subarray, roots, { minLength: 1 })
    .slice(0, 2)
    .map((name) => {
      const type = getNamedType(query.getFields()[name]?.type);
      const args = any(fc.constantFrom, ...(ROOTS[name] as string[]));
      return `${name}${args} ${isObjectType(type) ? selection(type, any, 3) : ''}`;
    });
  return `{ ${fields.join(' ')} }`;
}

function selection(type: GraphQLObjectType, any: GeneratorValue, depth: number): string {
  const all = type.getFields();
  const usable = Object.keys(all).filter((name) => isUsable(all[name], depth));
  const chosen = usable.length > 0 ? any(fc.subarray, usable).slice(0, MAX_FIELDS) : [];
  const fields = chosen.map((name) => {
    const inner = getNamedType(all[name]?.type);
    const args = any(fc.constantFrom, ...(ARGUMENTS[name]?.filter(() => all[name]?.args.length) ?? []), '');
    const alias = any(fc.boolean) ? `a${name}: ` : '';
    return `${alias}${name}${args} ${isObjectType(inner) ? selection(inner, any, depth - 1) : ''}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

const MAX_FIELDS = 5;

function isUsable(field: GraphQLField<unknown, unknown> | undefined, depth: number): boolean {
  if (!field?.args.every((arg) => !isNonNullType(arg.type) || arg.defaultValue !== undefined)) return false;
  const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
  return (depth > 0 || !isObjectType(getNamedType(field.type))) && (depth > 1 || !isList);
}
