import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

export interface FieldQuery {
  /** Where the query begins. */
  root: string;
  /** Such as `Country.name`. */
  field: string;
  /** The type of the field, without lists. */
  type: string;
  query: string;
}

/** For every root, a query for each field that can be reached from it, except those of an interface. */
export function queriesOfAllFields(schema: GraphQLSchema): FieldQuery[] {
  const roots = Object.values(schema.getQueryType()?.getFields() ?? {});
  return roots.flatMap((root) => queriesBelow(root));
}

type Field = GraphQLField<unknown, unknown>;

/** Breadth first, so that each type is reached by its shortest path. */
function queriesBelow(root: Field): FieldQuery[] {
  const found: FieldQuery[] = [];
  const seen = new Set<string>();
  const left = [{ field: `Query.${root.name}`, path: [root] }];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { field, path } = next;
    const type = getNamedType((path.at(-1) as Field).type);
    const query = queryOf(path, isCompositeType(type) ? '{ __typename }' : '');
    found.push({ root: root.name, field, type: type.name, query });
    if (!isObjectType(type) || seen.has(type.name)) continue;
    seen.add(type.name);
    for (const inner of Object.values(type.getFields())) {
      left.push({ field: `${type.name}.${inner.name}`, path: [...path, inner] });
    }
  }
  return found;
}

function queryOf(path: readonly Field[], leaf: string): string {
  return path.reduceRight((inner, field) => `{ ${field.name}${argumentsOf(field)} ${inner} }`, leaf);
}

/** Those that must be given, and a code and a length wherever they may be given. */
function argumentsOf({ args }: Field): string {
  const given = args.filter(({ type, name, defaultValue }) => {
    return name === 'code' || name === 'first' || (isNonNullType(type) && defaultValue === undefined);
  });
  return given.length > 0 ? `(${given.map((arg) => `${arg.name}: ${sample(arg.type, arg)}`).join(', ')})` : '';
}

const SAMPLES: Record<string, string> = {
  CountryCode: '"CH"',
  CurrencyCode: '"CHF"',
  Date: '"2025-01-01"',
  Float: '1',
  Int: '1',
  ID: '"CH"',
  String: '"fr"',
};

function sample(type: GraphQLInputType, arg: GraphQLArgument): string {
  if (isNonNullType(type)) return sample(type.ofType, arg);
  if (isListType(type)) return `[${sample(type.ofType, arg)}]`;
  if (isEnumType(type)) return String(type.getValues()[0]?.name);
  const text = SAMPLES[type.name];
  if (text === undefined) throw new Error(`No sample of ${type.name} for ${arg.name}`);
  return text;
}
