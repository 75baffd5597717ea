import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { serve } from '../http/serve.js';

const { url } = await serve();

async function ask(body: object | string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as object;
  return { cache: response.headers.get('x-cache'), ...answer } as {
    cache: string | null;
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
}

test('a query cannot switch the cache off for another one', async () => {
  // Once the two texts joined by a line feed were the same.
  await ask({ operationName: 'a', query: 'query b { status { version } }\nquery a { status { version } }' });
  await ask({
    operationName: 'a\nquery b { status { version } }',
    query: 'query a { country(code: "CI") { code } }',
  });
  const query = 'query b { __typename }\nquery a { country(code: "CI") { code } }';
  expect([await ask({ operationName: 'a', query }), await ask({ operationName: 'a', query })]).toMatchObject([
    { cache: 'miss' },
    { cache: 'hit' },
  ]);
});

describe('a number that JSON cannot write', () => {
  const query = 'query ($least: Float) { countries(filter: { population: { gte: $least } }) { totalCount } }';

  test('is an error, also after the same query with null', async () => {
    const withNull = { query, variables: { least: null } };
    for (let times = 0; times < 3; times++) expect((await ask(withNull)).errors).toBeUndefined();
    const text = JSON.stringify(withNull).replace('null', '1e400');
    for (let times = 0; times < 3; times++) {
      expect((await ask(text)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('is an error by GET too', async () => {
    const get = async (variables: string) => {
      const search = new URLSearchParams({ query, variables });
      return (await fetch(`${url}/graphql?${search}`)).json();
    };
    expect(await get('{"least":null}')).not.toHaveProperty('errors');
    expect(await get('{"least":1e400}')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

test('parameters by GET are read as Apollo reads them', async () => {
  const headers = { accept: 'application/json' };
  const get = async (search: string) => {
    const response = await fetch(`${url}/graphql?${search}`, { headers });
    return { status: response.status, cache: response.headers.get('x-cache'), text: await response.text() };
  };
  const query = encodeURIComponent('{ country(code: "CI") { code } }');
  const plus = query.replaceAll('%20', '+');
  expect((await get(`query=${plus}`)).text).toBe('{"data":{"country":{"code":"CI"}}}\n');
  expect(await get(`query=${plus}`)).toMatchObject({ cache: 'hit' });
  for (const wrong of [
    `query=${query}&query=${query}`,
    `query=${query}&variables=[]`,
    `query=${query}&variables={`,
    `query=${query}&variables=null`,
  ]) {
    expect(await get(wrong)).toMatchObject({ status: 400, cache: null });
  }
});

test('a GET with a content type that Apollo refuses is not answered from the cache', async () => {
  const search = new URLSearchParams({ query: '{ country(code: "ES") { code } }' });
  const get = async (headers: Record<string, string>) => (await fetch(`${url}/graphql?${search}`, { headers })).status;
  for (let times = 0; times < 2; times++) expect(await get({})).toBe(200);
  for (let times = 0; times < 2; times++) expect(await get({ 'content-type': 'text/plain' })).toBe(415);
});

describe('a persisted query', () => {
  const persisted = (query: string) => ({
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
  });

  test('is answered from the cache by its hash alone', async () => {
    const query = '{ country(code: "CH") { code name } }';
    expect((await ask({ extensions: persisted(query) })).errors?.[0]?.extensions.code).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
    expect((await ask({ query, extensions: persisted(query) })).data).toBeDefined();
    for (let times = 0; times < 2; times++) {
      expect(await ask({ extensions: persisted(query) })).toMatchObject({
        cache: 'hit',
        data: { country: { code: 'CH', name: 'Switzerland' } },
      });
    }
  });

  test('is registered again when its text is sent, also where the answer is cached', async () => {
    const query = '{ country(code: "IT") { code } }';
    // Cached by its text, and never registered.
    for (let times = 0; times < 2; times++) await ask({ query });
    expect(await ask({ query, extensions: persisted(query) })).toMatchObject({ cache: 'hit' });
    expect(await ask({ extensions: persisted(query) })).toMatchObject({ cache: 'hit', data: {} });
  });

  test('is refused where the hash is of another text, also where the answer is cached', async () => {
    const query = '{ country(code: "FR") { code } }';
    for (let times = 0; times < 2; times++) await ask({ query, extensions: persisted(query) });
    const wrong = await ask({ query, extensions: persisted('{ __typename }') });
    expect(wrong.errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
  });
});

describe('a subscription over HTTP', () => {
  const query = 'subscription { refreshProgress { id } }';

  test.each([
    ['a plain POST', {}],
    ['a multipart response', { accept: 'multipart/mixed;subscriptionSpec=1.0, application/json' }],
    ['a multipart response alone', { accept: 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0' }],
  ])('is refused with the protocol that serves it: %s', async (_, headers) => {
    const { errors } = await ask({ query }, headers as Record<string, string>);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toMatch(/web socket.*graphql-transport-ws/);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).not.toMatch(/graphql_errors_total\{code="INTERNAL_SERVER_ERROR"\}/);
  });
});
