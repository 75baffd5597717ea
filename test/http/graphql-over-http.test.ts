import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { serve } from './serve.js';

const { url: origin } = await serve();
const audits = serverAudits({ url: `${origin}/graphql` });

/** What the specification allows and we do not do: docs/decisions/0005-graphql-over-http.md says why. */
const NOT_DONE = new Set([
  'MAY accept application/x-www-form-urlencoded formatted GET requests',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
]);

describe('GraphQL over HTTP, by the audits of the specification', () => {
  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (name, audit) => {
    const { status } = await audit.fn();
    expect(status).toBe(NOT_DONE.has(name) ? 'notice' : 'ok');
  });

  test('GET queries work with a header that no other site can send', async () => {
    const url = `${origin}/graphql?query=${encodeURIComponent('{ country(code: "CI") { code } }')}`;
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await response.json()).toEqual({ data: { country: { code: 'CI' } } });
  });
});
