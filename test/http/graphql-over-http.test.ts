import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { serve } from './serve.js';

const { url: origin } = await serve();
const audits = serverAudits({ url: `${origin}/graphql` });

describe('GraphQL over HTTP, by the audits of the specification', () => {
  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const { status } = await audit.fn();
    expect(status).toBe('ok');
  });

  const get = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}/graphql?query=${encodeURIComponent(query)}`, { headers });

  test('a plain GET is answered, also to a browser', async () => {
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    for (const headers of [{}, { accept: '*/*' }, { accept: browser }, { accept: browser }, { accept: 'text/html' }]) {
      const response = await get('{ country(code: "CI") { code } }', headers);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({ data: { country: { code: 'CI' } } });
    }
    const status = await get('{ status { totalCountries } }', { accept: browser });
    expect(await status.json()).toEqual({ data: { status: { totalCountries: 250 } } });
  });

  test.each([
    ['mutation { deleteCountry(code: "CI") { code } }', 405, 'BAD_REQUEST'],
    ['mutation ($code: CountryCode) { deleteCountry(code: $code) { code } }', 405, 'BAD_REQUEST'],
    ['subscription { refreshProgress { id } }', 405, 'BAD_REQUEST'],
    ['{ nothing }', 200, 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 200, 'GRAPHQL_PARSE_FAILED'],
    ['', 400, 'BAD_REQUEST'],
  ])('by GET, %s is refused with a code', async (query, status, code) => {
    const response = await get(query);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(await (await get('{ country(code: "CI") { code } }')).json()).toEqual({ data: { country: { code: 'CI' } } });
  });
});
