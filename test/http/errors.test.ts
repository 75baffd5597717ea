import { expect, test } from 'vitest';
import { serve } from './serve.js';

const { post, context } = await serve();

test('the error for a query that does not parse says what is wrong and where', async () => {
  const { errors } = await post('{ country(');
  expect(errors[0]).toMatchObject({
    message: 'Syntax Error: Expected Name, found <EOF>.',
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  });
});

test('a query that does not fit the schema gets a validation error', async () => {
  const { errors } = await post('{ country(code: "CI") { colour } }');
  expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('the error for a variable of the wrong type says what it must be', async () => {
  const { errors } = await post('query ($code: CountryCode!) { country(code: $code) { code } }', {
    code: 7,
  });
  expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  expect(errors[0]?.message).toMatch(/CountryCode must be two or three letters/);
});

test.each([
  ['country(code: CH) { name }', /^CountryCode must be two or three letters, in quotes$/],
  ['rate(base: EUR, quote: "USD") { rate }', /^CurrencyCode must be three letters, in quotes$/],
  ['rate(base: "EUR", quote: "USD", on: 2026) { rate }', /^Date must be a day such as 2026-03-19, in quotes$/],
  ['country(code: "Switzerland") { name }', /^CountryCode must be two or three letters$/],
])('the error for a literal of the wrong kind says what to write: %s', async (query, message) => {
  const { errors } = await post(`{ ${query} }`);
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
});

test('the error for a literal says where it is, even in a list', async () => {
  const query = '{ convert(from: "EUR", to: ["USD", "U"], on: "2026-02-30") { result } }';
  const { errors } = await post(query);
  const places = errors.map(({ locations }) => query.slice((locations?.[0]?.column ?? 0) - 1).match(/^"[^"]*"/)?.[0]);
  expect(places).toEqual(['"U"', '"2026-02-30"']);
});

test('the error for introspection that is off names the setting', async () => {
  const hidden = await serve({ INTROSPECTION: 'off' });
  const { errors } = await hidden.post('{ __schema { queryType { name } } }');
  expect(errors[0]?.message).toBe('Introspection is switched off on this server (INTROSPECTION)');
  expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('a fault of ours is masked, and its request id leads to the log', async () => {
  // Countries and currencies are in memory; the rates of past days are read by SQL.
  await context.database.kysely.schema.dropTable('exchange_rates').execute();
  const { errors, headers } = await post('{ currency(code: "CHF") { rate(on: "2026-09-01") { rate } } }');
  expect(errors[0]).toMatchObject({
    message: 'Internal server error',
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
  });
  expect(JSON.stringify(errors)).not.toMatch(/exchange_rates|select/i);
});
