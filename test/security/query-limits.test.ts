import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { serve } from '../http/serve.js';

const { post, url } = await serve();

/** The error a query is refused with. */
const refusal = async (query: string, variables?: Record<string, unknown>) => {
  const { errors, data } = await post(query, variables);
  expect(data).toBeNull();
  return { message: errors[0]?.message, ...errors[0]?.extensions };
};

const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, i) => text(i)).join(' ');

const nested = (depth: number, field: string, leaf: string) =>
  `${`${field} { `.repeat(depth)}${leaf}${' }'.repeat(depth)}`;

describe('a query is refused, with the limit and its own figure, for', () => {
  test('depth', async () => {
    const query = `{ country(code: "CI") { ${nested(10, 'currencies { countries', 'code').replaceAll(' }', ' } }')} } }`;
    expect(await refusal(query)).toEqual({
      message: 'The query has 22 levels of fields; QUERY_MAX_DEPTH is 15',
      code: 'QUERY_TOO_COMPLEX',
      limit: 'QUERY_MAX_DEPTH',
      allowed: 15,
      actual: 22,
    });
  });

  test('depth that is spread over fragments', async () => {
    const fragments = repeat(20, (i) => `fragment f${i} on Country { currencies { countries { ...f${i + 1} } } }`);
    const query = `{ country(code: "CI") { ...f0 } } ${fragments} fragment f20 on Country { code }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_DEPTH', actual: 42 });
  });

  test('a flood of aliases', async () => {
    const query = `{ ${repeat(60, (i) => `a${i}: country(code: "CI") { code }`)} }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_ALIASES', actual: 60 });
  });

  test('aliases that fragments multiply', async () => {
    const doubling = repeat(20, (i) => `fragment f${i} on Country { ...f${i + 1} ...f${i + 1} }`);
    const query = `{ country(code: "CI") { ...f0 } } ${doubling} fragment f20 on Country { a: code }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_ALIASES', actual: 2 ** 20 });
  });

  test('fields that fragments multiply', async () => {
    const doubling = repeat(40, (i) => `fragment f${i} on Country { ...f${i + 1} ...f${i + 1} }`);
    const query = `{ country(code: "CI") { ...f0 } } ${doubling} fragment f40 on Country { code }`;
    expect(await refusal(query)).toMatchObject({ code: 'QUERY_TOO_COMPLEX', actual: 2 ** 40 - 1 });
  });

  test('an overload of directives', async () => {
    const query = `{ country(code: "CI") { code ${'@skip(if: false) '.repeat(80)} } }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_DIRECTIVES', actual: 80 });
    const unknown = `{ country(code: "CI") { code ${'@aa '.repeat(80)} } }`;
    expect(await refusal(unknown)).toMatchObject({ limit: 'QUERY_MAX_DIRECTIVES', actual: 80 });
  });

  test.each([
    ['the same field', '{ status { version } } '.slice(2, -3).repeat(200)],
    ['the same field, each time within itself', 'status { running { phases { name } phases { name } } } '.repeat(40)],
    ['the same inline fragment', '... { status { version } } '.repeat(100)],
    ['the same fragment', '...f '.repeat(100)],
  ])('%s again and again', async (_name, fields) => {
    const query = `{ ${fields} } fragment f on Query { status { version } }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_DUPLICATES', allowed: 50 });
  });

  test('its length', async () => {
    const query = `{ country(code: "CI") { ${'code '.repeat(3000)} } }`;
    expect(await refusal(query)).toMatchObject({ limit: 'QUERY_MAX_TOKENS', allowed: 2000, actual: 3010 });
  });

  test('the cost of its lists, by their sizes in literals and in variables', async () => {
    const fields = nested(3, 'currencies { countries', 'code').replaceAll(' }', ' } }');
    const query = (first: string, head = '($n: Int)') =>
      `query ${head} { countries(first: ${first}) { nodes { ${fields} } } }`;
    expect(await refusal(query('250', ''))).toMatchObject({ limit: 'QUERY_MAX_COST', allowed: 50_000 });
    expect(await refusal(query('$n'), { n: 250 })).toMatchObject({ limit: 'QUERY_MAX_COST' });
    expect(await refusal(query('$n'))).toMatchObject({ limit: 'QUERY_MAX_COST' });
    expect((await post(query('$n'), { n: 2 })).errors).toEqual([]);
  });

  test('the cost of introspection', async () => {
    const flood = repeat(40, (i) => `a${i}: __schema { types { fields { name type { kind name } args { name } } } }`);
    expect(await refusal(`{ ${flood} }`)).toMatchObject({ limit: 'QUERY_MAX_COST' });
  });

  test('the number and the depth of its values', async () => {
    const query = 'query ($f: CountryFilter) { countries(filter: $f) { totalCount } }';
    const codes = Array.from({ length: 1001 }, () => 'CI');
    expect(await refusal(query, { f: { codes } })).toMatchObject({ limit: 'QUERY_MAX_INPUTS' });
    // As many as the schema allows, wherever they stand.
    expect((await post(query, { f: { codes: codes.slice(1) } })).errors).toEqual([]);
    const currencies = Array.from({ length: 1000 }, () => 'CHF');
    const listed = 'query ($codes: [CurrencyCode!]) { currencies(codes: $codes) { code } }';
    expect((await post(listed, { codes: currencies })).errors).toEqual([]);
    expect((await post(`{ currencies(codes: ${JSON.stringify(currencies)}) { code } }`)).errors).toEqual([]);
    expect(await refusal(query, { f: { all: codes.map(() => ({})) } })).toMatchObject({ limit: 'QUERY_MAX_INPUTS' });
    let f: object = { codes: ['CI'] };
    for (let level = 0; level < 30; level += 1) f = { not: f };
    expect(await refusal(query, { f })).toMatchObject({ limit: 'QUERY_MAX_INPUT_DEPTH', actual: 32 });
    const literal = `{ countries(filter: { ${'not: { '.repeat(30)} hasRate: true ${'} '.repeat(30)} }) { totalCount } }`;
    expect(await refusal(literal)).toMatchObject({ limit: 'QUERY_MAX_INPUT_DEPTH', actual: 31 });
  });
});

describe('also refused are', () => {
  test('nested introspection', async () => {
    const query = `{ __schema { types { ${nested(4, 'fields { type', 'name').replaceAll(' }', ' } }')} } } }`;
    expect((await refusal(query)).message).toBe('Maximum introspection depth exceeded');
  });

  test('circular fragments', async () => {
    const query = '{ country(code: "CI") { ...a } } fragment a on Country { ...b } fragment b on Country { ...a }';
    expect(await refusal(query)).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('bodies above BODY_MAX_KB, before they are read', async () => {
    const { status, errors } = await post('{ country(code: "CI") { code } }', { x: 'x'.repeat(200 * 1024) });
    expect(status).toBe(413);
    expect(errors[0]?.extensions).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      limit: 'BODY_MAX_KB',
      allowed: 100,
      actual: 201,
    });
  });

  test('batches', async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ status { version } }' }))),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { limit: 'batch', allowed: 1, actual: 10 } }],
    });
  });
});

describe('what passes', () => {
  test('introspection as tools ask for it', async () => {
    const full = getIntrospectionQuery({
      inputValueDeprecation: true,
      schemaDescription: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      oneOf: true,
    });
    expect((await post(full)).errors).toEqual([]);
  });

  test('all countries with everything about them', async () => {
    const country = `id code alpha3 numeric name officialName capital capitals region subregion population areaKm2
      flagEmoji flagUrl exchangeRate estimatedGdp lastRefreshedAt gdp { value method perCapita year reason }
      currency { code name symbol rate { base quote rate date } } currencies { code name symbol rate { rate date } }`;
    const { data, errors } = await post(`{ countries { totalCount nodes { ${country} } } }`);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ countries: { totalCount: 250 } });
  });
});
