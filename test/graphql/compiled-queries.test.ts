import fc from 'fast-check';
import { type ExecutionResult, execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { CompiledQueries, isPlain } from '../../src/graphql/compiled-queries.js';
import { KnownQueries } from '../../src/graphql/known-queries.js';
import { createCostCheck } from '../../src/graphql/limits/cost.js';
import { Answer } from '../../src/graphql/response.js';
import { createSchema, stopWhenCancelled } from '../../src/graphql/schema.js';
import { serve } from '../http/serve.js';
import { queryContext } from './query-context.js';
import { randomQuery } from './random-query.js';

const schema = createSchema();
const {
  context: { services },
} = await serve({ ANSWER_CACHE_MB: '0' });

const context = () => queryContext(services);

it('answer as graphql-js does, byte for byte, unless there are errors', async () => {
  const compiled = new CompiledQueries(schema);
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (any) => {
      const document = parse(randomQuery(schema, any));
      const wanted = (await execute({ schema, document, contextValue: context() })) as ExecutionResult;
      const run = compiled.compile(document);
      fc.pre(run !== undefined);
      const found = await run?.(context(), {});
      // Errors are for Apollo to make, from a run of its own.
      expect(Boolean(found?.errors)).toBe(Boolean(wanted.errors));
      if (wanted.errors) return;
      whole += 1;
      expect(JSON.stringify(found)).toBe(JSON.stringify(wanted));
    }),
    { numRuns: 150 },
  );
  expect(whole).toBeGreaterThan(30);
}, 60_000);

it('take required variables as graphql-js does', async () => {
  const document =
    parse(`query ($code: CountryCode!, $n: Int!, $text: String!, $field: CountryOrderField!, $least: Float!) {
    country(code: $code) { name }
    countries(first: $n, filter: { name: { startsWith: $text }, population: { gte: $least } }, orderBy: [{ field: $field }]) {
      nodes { code }
    }
  }`);
  const run = new CompiledQueries(schema).compile(document);
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined));
  const mostly = (usual: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const each = {
    code: mostly(fc.constantFrom('CI', 'che', 'ZZ')),
    n: mostly(fc.integer({ min: 0, max: 5 })),
    text: mostly(fc.constantFrom('s', '', 'É')),
    field: mostly(fc.constantFrom('NAME', 'POPULATION', 'name')),
    least: mostly(fc.double({ noNaN: true, noDefaultInfinity: true })),
    more: odd,
  };
  // All of them, or not even that.
  const variables = fc.oneof(
    { weight: 3, arbitrary: fc.record(each) },
    { weight: 1, arbitrary: fc.record(each, { requiredKeys: [] }) },
  );
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(variables, async (variableValues) => {
      const wanted = (await execute({
        schema,
        document,
        variableValues,
        contextValue: context(),
      })) as ExecutionResult;
      const found = await run?.(context(), variableValues);
      expect(Boolean(found?.errors)).toBe(Boolean(wanted.errors));
      if (wanted.errors) return;
      whole += 1;
      expect(JSON.stringify(found)).toBe(JSON.stringify(wanted));
    }),
    { numRuns: 300 },
  );
  expect(whole).toBeGreaterThan(30);
});

it('are those alone that graphql-jit is right about', () => {
  const plain = [
    '{ country(code: "CI") { name } }',
    'query ($code: CountryCode!, $n: Int!) { country(code: $code) { name } countries(first: $n) { nodes { code } } }',
    '{ a: countries(filter: { name: { startsWith: "s" } }) { nodes { ...some } } } fragment some on Country { name ... on Country { code } }',
  ];
  const others = [
    'query ($code: CountryCode) { country(code: $code) { name } }',
    'query ($codes: [CountryCode!]!) { countries(filter: { codes: $codes }) { nodes { name } } }',
    'query ($filter: CountryFilter!) { countries(filter: $filter) { nodes { name } } }',
    'query ($__proto__: CountryCode!) { country(code: $__proto__) { name } }',
    'query ($code: CountryCode! = "CI") { country(code: $code) { name } }',
    'query ($code: CountryCode = "CI") { country(code: $code) { name } }',
    '{ country(code: "CI") { name @include(if: true) } }',
    '{ country(code: "CI") { ...some @skip(if: false) } } fragment some on Country { name }',
    '{ __schema { types { name } } }',
    '{ __type(name: "Country") { name } }',
    'query a { __typename } query b { __typename }',
    `{ country(code: "CI") { ${Array.from({ length: 100 }, (_, at) => `n${at}: name`).join(' ')} } }`,
    'fragment some on Country { name }',
  ];
  expect(plain.map((query) => isPlain(schema, parse(query)))).toEqual([true, true, true]);
  expect(others.map((query) => isPlain(schema, parse(query)))).toEqual(others.map(() => false));
});

it('are found once they have come twice', async () => {
  const compiled = new CompiledQueries(schema);
  const document = parse('{ country(code: "FR") { name } }');
  expect(compiled.find(document)).toBeUndefined();
  await new Promise(setImmediate);
  expect(await compiled.find(document)?.(context(), {})).toEqual({ data: { country: { name: 'France' } } });
});

it('are left to Apollo when they end with errors', async () => {
  const guarded = stopWhenCancelled(createSchema());
  const compiled = new CompiledQueries(guarded);
  const known = new KnownQueries(guarded, createCostCheck(readConfig({}).limits), compiled);
  const query = '{ country(code: "FR") { name } }';
  const question = { key: query, form: query, query, operationName: undefined, variables: undefined };
  const asked = context();
  asked.valid.document = parse(query);
  compiled.compile(asked.valid.document);
  known.remember(question, asked, new Answer(200, {}, '{"data":{}}', {}));
  const answer = await known.answer(question, context());
  expect(answer?.body('identity')).toBe('{"data":{"country":{"name":"France"}}}\n');
  expect(await known.answer(question, { ...context(), isCancelled: () => true })).toBeUndefined();
});
