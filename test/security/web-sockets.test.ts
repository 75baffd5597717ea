import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, inject, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { serve } from '../http/serve.js';

/** The first that comes back. */
async function subscribe(url: string, query: string, more: { variables?: unknown; operationName?: string } = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, ...more } }));
  const [answer] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(answer)) as {
    type: string;
    payload: { message: string; extensions: { code: string } }[];
  };
}

const misspelt = 'subscription { refreshProgress { stat } }';

test('a server that hides its schema makes no guesses over web sockets either', async () => {
  const open = await subscribe((await serve()).url, misspelt);
  expect(open.payload[0]?.message).toMatch(/Did you mean "state"/);
  const closed = await subscribe((await serve({ INTROSPECTION: 'off' })).url, misspelt);
  expect(closed).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
  expect(closed.payload[0]?.message).not.toMatch(/did you mean/i);
});

test('a list of queries is also a list of subscriptions', async () => {
  const watch = (fields: string) => `subscription { refreshProgress(id: "x") { ${fields} } }`;
  const path = join(inject('testFolder'), 'subscriptions.json');
  await writeFile(path, JSON.stringify({ listed: watch('state') }));
  const { url } = await serve({ PERSISTED_QUERIES: path });
  expect(await subscribe(url, watch('id'))).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  // The listed one is let through, and told that there is no such refresh.
  expect(JSON.stringify(await subscribe(url, watch('state')))).toContain('NOT_FOUND');
});

test('a page of another origin cannot subscribe unless CORS_ORIGINS lists it', async () => {
  const { url, port } = await serve({ CORS_ORIGINS: 'https://app.example' });
  const open = async (headers: Record<string, string>, to = url) => {
    const socket = new WebSocket(`${to.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    const refusal = new Promise<string>((resolve) => {
      socket.on('error', () => undefined);
      socket.once('open', () => resolve('open'));
      socket.once('unexpected-response', async (_, response) =>
        resolve(`${response.statusCode} ${await text(response)}`),
      );
    });
    const result = await refusal;
    socket.terminate();
    return result;
  };
  expect(await open({ origin: 'https://app.example' })).toBe('open');
  expect(await open({ origin: `http://127.0.0.1:${port}` })).toBe('open');
  expect(await open({})).toBe('open');
  expect(await open({ origin: 'https://evil.example' })).toMatch(/^403 .*https:\/\/evil\.example.*CORS_ORIGINS/);
  expect(await open({ origin: `http://127.0.0.1:${port + 1}` })).toMatch(/^403/);
  expect(await open({ origin: 'null' })).toMatch(/^403 .*CORS_ORIGINS=\*/);
  const anyone = await serve({ CORS_ORIGINS: '*' });
  expect(await open({ origin: 'https://evil.example' }, anyone.url)).toBe('open');
});

test('one client cannot take all the places, however it is hidden behind a proxy', async () => {
  const { url } = await serve({ RATE_LIMIT: '600', TRUSTED_PROXIES: 'loopback' });
  const opened: WebSocket[] = [];
  const open = async (address: string) => {
    const headers = { 'x-forwarded-for': address };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    opened.push(socket);
    return once(socket, 'open').then(() => 'open', String);
  };
  for (let i = 0; i < 20; i += 1) expect(await open(`203.0.113.${i}, 192.0.2.1`)).toBe('open');
  expect(await open('203.0.113.99, 192.0.2.1')).toMatch(/503/);
  expect(await open('192.0.2.2')).toBe('open');
  // A place is free again when its socket is gone.
  opened[0]?.close();
  await expect.poll(() => open('192.0.2.1')).toBe('open');
  for (const socket of opened) socket.terminate();
});

test.each([
  ['text that is not GraphQL', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED'],
  ['too many tokens', `subscription { refreshProgress { ${'id '.repeat(600)}} }`, {}, 'QUERY_TOO_COMPLEX'],
  [
    'an unknown operation',
    'subscription A { refreshProgress { id } }',
    { operationName: 'B' },
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['a query', '{ __typename }', {}, 'BAD_USER_INPUT'],
  ['a field that is skipped', 'subscription { refreshProgress @skip(if: true) { id } }', {}, 'BAD_USER_INPUT'],
  [
    'a fragment that is left out',
    'subscription { ... @include(if: false) { refreshProgress { id } } }',
    {},
    'BAD_USER_INPUT',
  ],
  [
    'a wrong variable',
    'subscription ($i: ID) { refreshProgress(id: $i) { id } }',
    { variables: { i: {} } },
    'BAD_USER_INPUT',
  ],
])('a subscription with a fault of its own gets a code that says so: %s', async (_, query, more, code) => {
  const { url } = await serve();
  expect(await subscribe(url, query, more)).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
});

test('a message that is too large closes the socket, without a stack trace', async () => {
  const printed = vi.spyOn(console, 'error');
  const { url } = await serve();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('x'.repeat(100_000));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1009);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test('a client that does not answer the close message holds up a stop for about a second', async () => {
  const { url, server } = await serve();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.pause();
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(10_000);
  socket.terminate();
});
