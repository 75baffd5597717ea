import {
  type GraphQLField,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  validateSchema,
} from 'graphql';
import { describe, expect, it, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';

const schema = createSchema();
const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) => Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const));

function named(test: (field: GraphQLField<unknown, unknown>) => boolean): string[] {
  return fields.filter(([, field]) => test(field)).map(([name]) => name);
}

test('the schema is valid', () => {
  expect(validateSchema(schema)).toEqual([]);
});

describe('the descriptions of the schema', () => {
  it('say what null means wherever it may appear', () => {
    expect(named(({ type, description }) => !isNonNullType(type) && !/\bnull\b/i.test(description ?? ''))).toEqual([]);
  });

  it('give the unit, or what is counted, wherever there is a figure', () => {
    const figures = fields.filter(([, { type }]) => {
      const inner = isNonNullType(type) ? type.ofType : type;
      return isScalarType(inner) && ['Int', 'Float', 'SafeInt'].includes(inner.name);
    });
    const units =
      /people|dollars|percent|square kilometres|milliseconds|units of|degrees|decimal places|countries|records|0 to 1|the year|out of how many|how many/i;
    expect(figures.filter(([, { description }]) => !units.test(description ?? '')).map(([name]) => name)).toEqual([]);
  });

  it('link every scalar to its specification', () => {
    const scalars = Object.values(createSchema().getTypeMap())
      .filter(isScalarType)
      .filter((it) => !isSpecifiedScalarType(it));
    expect(scalars.length).toBeGreaterThan(3);
    expect(scalars.filter(({ specifiedByURL }) => !URL.canParse(specifiedByURL ?? '')).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('deprecate nothing', () => {
    expect(named(({ deprecationReason }) => deprecationReason != null)).toEqual([]);
  });
});
