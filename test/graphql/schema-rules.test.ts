import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';

type Part = { at: string; name: string; description?: string | null | undefined; deprecationReason?: string | null };
type Field = GraphQLField<unknown, unknown>;

/** What a schema defines, by kind. */
function partsOf(schema: GraphQLSchema) {
  const types = Object.values(schema.getTypeMap()).filter(
    (it) => !isIntrospectionType(it) && !isSpecifiedScalarType(it),
  );
  const named = (parent: string, parts: readonly (Field | GraphQLArgument | GraphQLInputField)[]) =>
    parts.map((it) => ({ ...it, at: `${parent}.${it.name}` }));
  const outputs = types.filter((it) => isObjectType(it) || isInterfaceType(it));
  const fields = outputs.flatMap((it) => named(it.name, Object.values(it.getFields())) as (Field & Part)[]);
  return {
    types: types.map((it) => ({ ...it, name: it.name, description: it.description, at: it.name })) as Part[],
    fields,
    args: fields.flatMap(({ at, args }) => named(at, args)) as Part[],
    inputs: types.filter(isInputObjectType).flatMap((it) => named(it.name, Object.values(it.getFields()))) as Part[],
    values: types
      .filter(isEnumType)
      .flatMap((it) => it.getValues().map((value) => ({ ...value, at: `${it.name}.${value.name}` }))) as Part[],
  };
}

/** Every violation, with the rule that it breaks. */
function violations(sdl: string): string[] {
  const schema = buildSchema(sdl);
  const { types, fields, args, inputs, values } = partsOf(schema);
  const all = [...types, ...fields, ...args, ...inputs, ...values];
  const used = typesInUse(schema);
  const check = <P extends Part>(rule: string, parts: P[], isGood: (part: P) => unknown) =>
    parts.filter((part) => !isGood(part)).map(({ at }) => `${rule}: ${at}`);
  return [
    ...check('is described', all, ({ description }) => description),
    ...check('begins like a sentence', all, ({ description }) => !description || /^[^\p{Ll}]/u.test(description)),
    ...check('is a capitalised type', types, ({ name }) => /^[A-Z][A-Za-z0-9]*$/.test(name)),
    ...check('is in camel case', [...fields, ...args, ...inputs], ({ name }) => /^[a-z][A-Za-z0-9]*$/.test(name)),
    ...check('is in capitals', values, ({ name }) => /^[A-Z][A-Z0-9_]*$/.test(name)),
    ...check('is deprecated for a reason', all, ({ deprecationReason }) => deprecationReason !== 'No longer supported'),
    ...check('is used', types, ({ name }) => used.has(name)),
    ...check('pages as Relay does', fields, ({ type, args }) => !/Connection!?$/.test(String(type)) || hasPaging(args)),
    ...check(
      'is a connection of Relay',
      types,
      ({ name }) => !name.endsWith('Connection') || isConnection(schema, name),
    ),
  ];
}

/** The names of the types that an operation leads to. */
function typesInUse(schema: GraphQLSchema): Set<string> {
  const found = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    (it) => it != null,
  );
  const seen = new Set<GraphQLNamedType>(found);
  // The iteration also reaches what is added meanwhile.
  for (const type of seen) for (const next of typesOf(schema, type)) seen.add(next);
  return new Set([...seen].map(({ name }) => name));
}

function typesOf(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  const fields = 'getFields' in type ? Object.values<Field | GraphQLInputField>(type.getFields()) : [];
  const args = fields.flatMap((field) => ('args' in field ? field.args : []));
  const interfaces = 'getInterfaces' in type ? type.getInterfaces() : [];
  const members = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  return [...interfaces, ...members, ...[...fields, ...args].map((it) => getNamedType(it.type))];
}

/** Forward, backward or both; then both counts may be left out. */
function hasPaging(args: readonly GraphQLArgument[]): boolean {
  const types = new Map(args.map(({ name, type }) => [name, String(type)]));
  const [forward, backward] = [
    ['first', 'after'],
    ['last', 'before'],
  ].map((names) => names.every((it) => types.has(it)));
  const counts = ['first', 'last'].flatMap((name) => types.get(name) ?? []);
  return (
    Boolean(forward || backward) &&
    counts.every((type) => type === 'Int' || (type === 'Int!' && !(forward && backward)))
  );
}

function isConnection(schema: GraphQLSchema, name: string): boolean {
  const typeOf = (type: string, field: string) => {
    const parent = schema.getType(type);
    return isObjectType(parent) ? String(parent.getFields()[field]?.type) : 'none';
  };
  return (
    /^\[\w+!?\]!?$/.test(typeOf(name, 'edges')) &&
    typeOf(name, 'pageInfo') === 'PageInfo!' &&
    ['hasNextPage', 'hasPreviousPage'].every((field) => typeOf('PageInfo', field) === 'Boolean!')
  );
}

describe('the rules of the schema', () => {
  it('hold', () => {
    expect(violations(readFileSync('schema/schema.graphql', 'utf8'))).toEqual([]);
  });

  it.each([
    ['is described: Query.a', 'type Query { a: Int }'],
    ['begins like a sentence: Query.a', 'type Query { "lower case" a: Int }'],
    ['is a capitalised type: query', '"Q" type query { "A" a: Int } schema { query: query }'],
    ['is in camel case: Query.A_b', '"Q" type Query { "A" A_b: Int }'],
    ['is in camel case: Query.a.B', '"Q" type Query { "A" a("B" B: Int): Int }'],
    ['is in capitals: E.x', '"Q" type Query { "A" a: E } "E" enum E { "X" x }'],
    ['is deprecated for a reason: Query.a', '"Q" type Query { "A" a: Int @deprecated }'],
    ['is used: T', '"Q" type Query { "A" a: Int } "T" type T { "A" a: Int }'],
    ['pages as Relay does: Query.a', '"Q" type Query { "A" a: AConnection } "C" type AConnection { "A" a: Int }'],
    [
      'is a connection of Relay: AConnection',
      '"Q" type Query { "A" a: AConnection } "C" type AConnection { "A" a: Int }',
    ],
  ])('are broken where they should be: %s', (violation, sdl) => {
    expect(violations(sdl)).toContain(violation);
  });
});
