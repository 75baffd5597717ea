import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serve } from '../http/serve.js';

const { url, port, server, post } = await serve();

/** Sends bytes as they are, and returns all that comes back. */
async function exchange(bytes: string): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

const request = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`;

describe('the image route', () => {
  test.each([
    '/countries/image/../../package.json',
    '/countries/image/..%2f..%2fpackage.json',
    '/countries/image%2f..%2f..%2fpackage.json',
    '/countries/image/%2e%2e/%2e%2e/etc/passwd',
    '/countries/image/..\\..\\package.json',
    '/countries/..;/package.json',
    '/countries/image%00.png',
    '/countries/../package.json',
    '//countries/image',
    '/summary.png',
    '/countries/summary.png',
    'file:///etc/passwd',
    'http://evil.example/countries/image/../x',
  ])('serves nothing but the picture at %s', async (path) => {
    const answer = await exchange(request(path));
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
    expect(answer).not.toMatch(/"version"|root:|PNG/);
  });

  test.each([
    ['range: bytes=-1', /^HTTP\/1\.1 206 /],
    ['range: bytes=99999999-', /^HTTP\/1\.1 416 /],
    ['range: bytes=0-1,5-6,8-9', /^HTTP\/1\.1 200 /],
    ['if-none-match: "\\"', /^HTTP\/1\.1 200 /],
    [`if-none-match: ${'"a",'.repeat(1000)}`, /^HTTP\/1\.1 200 /],
    ['if-modified-since: yesterday', /^HTTP\/1\.1 200 /],
    ['accept-encoding: \u0000', /^HTTP\/1\.1 400 /],
  ])('answers the header %.40s by the book', async (header, expected) => {
    expect(await exchange(request('/countries/image', `${header}\r\n`))).toMatch(expected);
  });
});

const send = (body: string | Buffer, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

describe('a body that is not a query', () => {
  test.each([
    ['nothing', ''],
    ['not JSON', '{"query":'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"{ status { version } }"'],
    ['an empty object', '{}'],
    ['a query that is a number', '{"query": 7}'],
    ['a query that is an object', '{"query": {"kind": "Document"}}'],
    ['variables that are a list', '{"query": "{ __typename }", "variables": []}'],
    ['variables that are a text', '{"query": "{ __typename }", "variables": "{}"}'],
    ['extensions that are a number', '{"query": "{ __typename }", "extensions": 1}'],
    ['a persisted query of a future version', '{"extensions": {"persistedQuery": {"version": 9}}}'],
    ['an operation name that is a list', '{"query": "{ __typename }", "operationName": []}'],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a prototype', '{"__proto__": {"query": "{ __typename }"}}'],
    ['a constructor', '{"constructor": {"prototype": {"isAdmin": true}}}'],
  ])('(%s) is refused in the form of GraphQL', async (_name, body) => {
    const response = await send(body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  test.each(['{}', '"x"', '[]', 'null'])('that asks for a query of hash %s finds none', async (hash) => {
    const response = await send(`{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ${hash}}}}`);
    expect(await response.text()).toMatch(/PERSISTED_QUERY_NOT_FOUND|BAD_REQUEST/);
  });

  test('cannot pollute prototypes through variables', async () => {
    const variables = '{"__proto__": {"polluted": 1}, "f": {"__proto__": {"polluted": 1}, "constructor": {}}}';
    const query = 'query ($f: CountryFilter) { countries(filter: $f) { totalCount } }';
    const response = await send(`{"query": ${JSON.stringify(query)}, "variables": ${variables}}`);
    expect(response.status).toBeLessThan(500);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each(['application/xml', 'application/json; charset=utf-16', 'text/html', 'application/json, text/plain'])(
    'of type %j is not run',
    async (type) => {
      const response = await send('{"query": "{ __typename }"}', { 'content-type': type });
      const text = await response.text();
      expect(response.status < 500).toBe(true);
      if (response.status !== 200) expect(text).not.toMatch(/"data"/);
    },
  );

  test('that is shorter or longer than it says does not confuse the next request', async () => {
    const smuggled =
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5\r\n' +
      'transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nhost: x\r\n\r\n';
    const answer = await exchange(smuggled);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/"status":"ok"/);
  });
});

describe('a Host header', () => {
  test.each(['a b', '[', 'x@y:z', '%', '<script>', ''])('of %j does no harm', async (host) => {
    const answer = await exchange(
      `GET /graphql?query={__typename} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
    expect(answer).not.toMatch(/<script>/);
  });

  test('may be missing in HTTP/1.0', async () => {
    const answer = await exchange('GET /graphql?query={__typename} HTTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
  });
});

test('headers of more than 16 kB are refused', async () => {
  expect(await exchange(request('/health', `x: ${'x'.repeat(20_000)}\r\n`))).toMatch(/^HTTP\/1\.1 431 /);
});

test('a client that sends a byte now and then is cut off, and others are served meanwhile', async () => {
  server.server.headersTimeout = 1_000;
  const slow = Array.from({ length: 100 }, () => createConnection(port, '127.0.0.1'));
  const closed = Promise.all(
    slow.map((socket) => {
      socket.on('error', () => undefined).resume();
      socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
      return once(socket, 'close');
    }),
  );
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('x: y\r\n');
  }, 300);
  expect((await post('{ __typename }')).data).toEqual({ __typename: 'Query' });
  await closed;
  clearInterval(drip);
  await delay(1);
});

test('a client that opens web sockets and sends nothing is cut off, and others are served meanwhile', async () => {
  const idle = Array.from(
    { length: 200 },
    () => new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws'),
  );
  const closed = Promise.all(idle.map((socket) => once(socket, 'close')));
  await Promise.all(idle.map((socket) => once(socket, 'open')));
  expect((await post('{ __typename }')).data).toEqual({ __typename: 'Query' });
  for (const [code] of await closed) expect(code).toBe(4408);
});

test('queries and mutations are not run over a web socket, where no limit and no token is checked', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const answers: { type: string }[] = [];
  socket.on('message', (data) => answers.push(JSON.parse(String(data))));
  socket.send('{"type":"connection_init"}');
  await expect.poll(() => answers.length, { timeout: 5_000 }).toBe(1);
  for (const query of [
    '{ __typename }',
    'mutation { deleteCountry(code: "CI") { code } }',
    'subscription { __schema { types { name } } }',
  ]) {
    socket.send(JSON.stringify({ id: query, type: 'subscribe', payload: { query } }));
  }
  await expect.poll(() => answers.length, { timeout: 5_000 }).toBe(4);
  expect(answers.slice(1).map(({ type }) => type)).toEqual(['error', 'error', 'error']);
  socket.close();
});
