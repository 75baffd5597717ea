import { type GraphQLSchema, getNamedType, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { serve } from './serve.js';

/** A query for each enum that a caller can give, with the variable $it in its place. */
const QUERIES: Record<string, string> = {
  Region: 'countries(filter: { regions: [$it] }) { totalCount }',
  CountryOrderField: 'countries(orderBy: [{ field: $it }]) { totalCount }',
  OrderDirection: 'countries(orderBy: [{ field: NAME, direction: $it }]) { totalCount }',
  CountryGrouping: 'countryStats(groupBy: $it) { count }',
  HistoryStep: 'currency(code: "EUR") { history(from: "2026-09-01", to: "2026-09-29", step: $it) { rate } }',
};

const schema = createSchema();

it('has a query for every enum that a caller can give', () => {
  expect(Object.keys(QUERIES).sort()).toEqual([...new Set(enumsOfInputs(schema))].sort());
});

describe.each(['on', 'off'])('with INTROSPECTION=%s', async (introspection) => {
  const { post } = await serve({ INTROSPECTION: introspection });

  describe.each(Object.entries(QUERIES))('the error for a wrong %s lists the values', (name, query) => {
    const type = schema.getType(name);
    const values = isEnumType(type) ? type.getValues().map((value) => value.name) : [];
    const [first = ''] = values;
    const list = new RegExp(`Use ${values.slice(0, -1).join(', ')},? or ${values.at(-1)}, without quotes in a query`);

    it.each([first.toLowerCase(), `"${first}"`, `"${first.toLowerCase()}"`, 'Nonsense', '42', '{}'])(
      'written as %s',
      async (literal) => {
        const { errors } = await post(`{ ${query.replace('$it', literal)} }`);
        expect(errors).toMatchObject([
          { message: expect.stringMatching(list), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
        ]);
        expect(errors[0]?.message).not.toContain('Did you mean');
      },
    );

    it.each([first.toLowerCase(), 'Nonsense', 42, {}])('in a variable: %s', async (it) => {
      const { errors } = await post(`query ($it: ${name}!) { ${query} }`, { it });
      expect(errors).toMatchObject([{ message: expect.stringMatching(list), extensions: { code: 'BAD_USER_INPUT' } }]);
    });

    it('and there is none for a right one', async () => {
      for (const value of values) {
        expect((await post(`{ ${query.replace('$it', value)} }`)).errors).toEqual([]);
        expect((await post(`query ($it: ${name}!) { ${query} }`, { it: value })).errors).toEqual([]);
      }
    });
  });
});

function enumsOfInputs(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const fields = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
  const inputs = [
    ...fields.flatMap(({ args }) => args),
    ...types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields())),
  ];
  return inputs
    .map(({ type }) => getNamedType(type))
    .filter(isEnumType)
    .map(({ name }) => name);
}
