import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { serve } from './serve.js';

const query = '{ country(code: "CI") { name } }';
const sha256Hash = createHash('sha256').update(query).digest('hex');
const extensions = { persistedQuery: { version: 1, sha256Hash } };

const ask = async (url: string, body: object) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
};

test('a query that was sent once is known by its hash (APQ)', async () => {
  const { url } = await serve();
  expect((await ask(url, { extensions })).errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect((await ask(url, { query, extensions })).errors).toBeUndefined();
  expect((await ask(url, { extensions })).data).toEqual({ country: { name: 'Ivory Coast' } });
  const forged = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
  expect((await ask(url, { query, extensions: forged })).errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
});

describe.each([
  ['a map of queries', { [sha256Hash]: query }],
  ["Apollo's manifest", { format: 'apollo-persisted-query-manifest', operations: [{ id: 'x', body: query }] }],
])('with %s as the list of queries', async (name, manifest) => {
  const path = join(inject('testFolder'), `manifest ${name.length}.json`);
  await writeFile(path, JSON.stringify(manifest));
  const { url } = await serve({ PERSISTED_QUERIES: path });

  test('those are known by their hashes, without having been sent', async () => {
    expect((await ask(url, { extensions })).data).toEqual({ country: { name: 'Ivory Coast' } });
    const get = `${url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    expect(await (await fetch(get)).json()).toEqual({ data: { country: { name: 'Ivory Coast' } } });
    const forged = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
    expect((await ask(url, { extensions: forged })).errors?.[0]?.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  test('those are served, and no others', async () => {
    expect((await ask(url, { query })).data).toEqual({ country: { name: 'Ivory Coast' } });
    const other = await ask(url, { query: '{ country(code: "CI") { code } }' });
    expect(other.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

test('a list that cannot be read stops the start', async () => {
  await expect(serve({ PERSISTED_QUERIES: 'nowhere.json' })).rejects.toThrow(
    /^PERSISTED_QUERIES is nowhere.json, which cannot be used/,
  );
});
