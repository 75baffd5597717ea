import { describe, expect, test } from 'vitest';
import { serve } from './serve.js';

const { url } = await serve();
const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: 'mutation { deleteCountry(code: "CI") { code } }' });

describe('a page of another origin', () => {
  const origin = 'https://evil.example';

  test('is not let through by CORS', async () => {
    const { headers } = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

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

  test('cannot query by a link or a picture', async () => {
    const response = await fetch(`${url}/graphql?query={status{version}}`);
    expect(response.status).toBe(400);
  });

  test('can read answers when CORS_ORIGINS lists it', async () => {
    const listed = await serve({ CORS_ORIGINS: 'https://app.example,https://b.example' });
    const allowed = async (from: string) => {
      const { headers } = await fetch(`${listed.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'POST' },
      });
      return headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://b.example')).toBe('https://b.example');
    expect(await allowed('https://app.example.evil.example')).toBeNull();
  });
});

describe('the headers', () => {
  test('forbid that data become a page, or a page be framed', async () => {
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
    const page = await fetch(`${closed}/graphql`, { headers: { accept: 'text/html' } });
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
