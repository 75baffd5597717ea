import { type GraphQLNamedType, getNamedType, isInterfaceType, isObjectType, isUnionType } from 'graphql';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DATA_FIELDS } from '../../src/graphql/execute.js';
import { createSchema } from '../../src/graphql/schema.js';
import { serve } from '../http/serve.js';

const TOKEN = 'f3b1c9d07a5e4826b1c9';
const bearer = `Bearer ${TOKEN}`;
const wrong = 'Bearer 0123456789abcdef0123';

const app = await serve({ ADMIN_TOKEN: `anna:${TOKEN}` });
const mutation = 'mutation { refreshCountries { id startedBy } }';
const { data } = await app.post(mutation, {}, { authorization: bearer });
const { id, startedBy } = Object(data?.refreshCountries) as { id: string; startedBy: string };

const QUERIES = [
  `{ refresh(id: "${id}") { startedBy } }`,
  '{ refreshes(first: 1) { startedBy } }',
  `{ node(id: "${id}") { ... on Refresh { startedBy } } }`,
  `query Named { latest: refresh(id: "${id}") { ...Who } } fragment Who on Refresh { startedBy }`,
];

test('the caller who may change data sees who does', async () => {
  expect(startedBy).toBe('anna');
  for (const query of QUERIES) {
    expect(JSON.stringify(await app.post(query, {}, { authorization: bearer }))).toContain('"startedBy":"anna"');
  }
});

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: wrong }],
])('a caller with %s sees no name, whatever others were answered before', async (_, headers) => {
  for (const query of QUERIES) {
    for (let times = 0; times < 3; times++) {
      await app.post(query, {}, { authorization: bearer });
      const response = await app.post(query, {}, headers as Record<string, string>);
      expect(response.errors).toEqual([]);
      expect(response.headers.get('x-cache')).not.toBe('hit');
      expect(JSON.stringify(response)).toContain('"startedBy":"token"');
      expect(JSON.stringify(response)).not.toContain('anna');
    }
  }
});

test('callers who ask at the same time get their own answers', async () => {
  const askers = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? { authorization: bearer } : {}));
  for (const query of QUERIES) {
    const responses = await Promise.all(
      askers.map((headers) => app.post(query, {}, headers as Record<string, string>)),
    );
    const names = responses.map((response) => /"startedBy":"(\w+)"/.exec(JSON.stringify(response))?.[1]);
    expect(names).toEqual(askers.map((headers) => ('authorization' in headers ? 'anna' : 'token')));
  }
});

test('no cache on the way may share a report', async () => {
  for (const query of QUERIES) {
    const url = `${app.url}/graphql?query=${encodeURIComponent(query)}`;
    for (const headers of [{ authorization: bearer }, {}] as Record<string, string>[]) {
      const response = await fetch(url, { headers });
      expect(await response.text()).toContain('startedBy');
      expect(response.headers.get('cache-control') ?? '').not.toMatch(/public|s-maxage/);
    }
  }
});

test('what a refresh was started by is not secret, except for the name of a token', async () => {
  const { data } = await app.post('{ refreshes { startedBy } }');
  expect(data?.refreshes).toEqual([{ startedBy: 'token' }, { startedBy: 'local' }]);
});

test.each([
  ['without a token', {}, {}, 'token'],
  ['with a wrong one', {}, { authorization: wrong }, 'token'],
  ['with one that is not a text', {}, { authorization: [bearer] }, 'token'],
  ['with the token in connection_init, as browsers send it', {}, { authorization: bearer }, 'anna'],
  ['with the token in a header', { authorization: bearer }, undefined, 'anna'],
])('a subscriber %s sees as much', async (_, headers, connectionParams, expected) => {
  class Socket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers });
    }
  }
  const url = `${app.url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: Socket, connectionParams: connectionParams as never });
  const results = client.iterate({ query: `subscription { refreshProgress(id: "${id}") { startedBy } }` });
  expect((await results.next()).value).toEqual({ data: { refreshProgress: { startedBy: expected } } });
  await client.dispose();
});

test('no response that is cached can hold a report, except for nodes, which are tested above', () => {
  const schema = createSchema();
  const reached = new Set<GraphQLNamedType>();
  const visit = (type: GraphQLNamedType) => {
    if (reached.has(type)) return;
    reached.add(type);
    if (isInterfaceType(type) || isUnionType(type)) for (const one of schema.getPossibleTypes(type)) visit(one);
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) visit(getNamedType(field.type));
  };
  for (const [name, { type }] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    if (DATA_FIELDS.has(name) && !['node', 'nodes'].includes(name)) visit(getNamedType(type));
  }
  const names = [...reached].map(({ name }) => name);
  expect(names).toContain('Country');
  expect(names).not.toContain('Refresh');
});
