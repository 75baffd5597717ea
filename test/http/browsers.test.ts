import { describe, expect, test } from 'vitest';
import { serve } from './serve.js';

const { url } = await serve();
const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: 'mutation { deleteCountry(code: "CI") { code } }' });

const preflight = (server: string, origin: string, headers = 'content-type', path = '/graphql') =>
  fetch(`${server}${path}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
  });

describe('a page of another origin', () => {
  test.each(['/graphql', '/countries/image', '/nothing'])(
    'is told which setting would let it call %s',
    async (path) => {
      const response = await preflight(url, 'https://evil.example', 'content-type', path);
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(await response.text()).toMatch(/https:\/\/evil\.example.*CORS_ORIGINS/);
      expect(await (await preflight(url, 'null')).text()).toMatch(/CORS_ORIGINS=\*/);
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'cannot send a form of type %s',
    async (type) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      const read = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ query: '{ country(code: "CI") { code } }' }),
      });
      expect(await read.json()).toEqual({ data: { country: { code: 'CI' } } });
    },
  );

  test('can read answers when CORS_ORIGINS lists it', async () => {
    const listed = await serve({ CORS_ORIGINS: 'https://app.example,https://b.example' });
    const allowed = await preflight(listed.url, 'https://b.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://b.example');
    const { headers } = await fetch(`${listed.url}/graphql?query={__typename}`, {
      headers: { origin: 'https://b.example' },
    });
    expect(headers.get('access-control-allow-origin')).toBe('https://b.example');
    const other = await preflight(listed.url, 'https://app.example.evil.example');
    expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const anyone = await serve({ CORS_ORIGINS: '*' });
    expect((await preflight(anyone.url, 'null')).headers.get('access-control-allow-origin')).toBe('*');
    // Not a preflight, but a question that monitors ask.
    expect((await fetch(`${anyone.url}/graphql`, { method: 'OPTIONS' })).status).toBe(204);
  });

  test('may then send the headers of its client and its tracer', async () => {
    const listed = await serve({ CORS_ORIGINS: 'https://app.example' });
    const sent =
      'apollographql-client-name,apollographql-client-version,authorization,traceparent,x-apollo-operation-name';
    const { headers } = await preflight(listed.url, 'https://app.example', sent);
    expect(headers.get('access-control-allow-headers')).toBe(sent);
    expect(headers.get('vary')).toMatch(/origin/i);
  });
});

describe('the headers', () => {
  test('keep data from becoming a page, and pages from being framed', async () => {
    const { headers } = await fetch(`${url}/graphql`, { method: 'POST', headers: json, body: '{' });
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  });

  test('let Apollo Sandbox load what its own policy allows', async () => {
    const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy');
    expect(policy).not.toMatch(/default-src|script-src|frame-src|connect-src/);
    expect(await response.text()).toMatch(/Content-Security-Policy" content="script-src 'self' 'nonce-/);
  });
});

describe('a server that shows nothing of itself', async () => {
  const { url: closed, post } = await serve({ LANDING_PAGE: 'off', INTROSPECTION: 'off' });

  test('has no landing page', async () => {
    const page = await fetch(`${closed}/graphql`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.status).toBe(400);
    expect(await page.text()).not.toMatch(/<html/i);
    expect((await fetch(`${closed}/`, { redirect: 'manual' })).status).toBe(404);
  });

  test('does not describe its schema, nor guess at what was meant', async () => {
    const { errors } = await post('{ __schema { types { name } } }');
    expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const { errors: misspelt } = await post('{ countrie(code: "CI") { code } }');
    expect(misspelt[0]?.message).not.toMatch(/did you mean/i);
    expect((await post('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
