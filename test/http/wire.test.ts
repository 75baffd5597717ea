import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { RawClient, rawPost } from './raw-client.js';
import type { Served } from './serve.js';
import {
  connectKnown,
  counted,
  fill,
  LONG,
  LONGEST,
  parsed,
  SHORT,
  SHORT_ANSWER,
  serveCounted,
  settled,
  unknown,
} from './wire-stage.js';

describe('a request whose bytes came before', async () => {
  const app = await serveCounted();

  test.each([
    ['short', SHORT],
    ['long', LONG],
    ['compressed', rawPost('{"query":"{ countries { nodes { code name } } }"}', 'Accept-Encoding: gzip')],
  ])('is answered without being parsed, to the byte as it would be: %s', async (_, request) => {
    const { client } = await connectKnown(app, request);
    const before = parsed(app);
    const onWire = await client.ask(request);
    expect(parsed(app)).toBe(before);
    // The same question in other bytes.
    const throughHttp = await client.ask(request.replace('Host: localhost', 'Host: LOCALHOST'));
    expect(parsed(app)).toBe(before + 1);
    expect(lasting(onWire.head)).toBe(lasting(throughHttp.head));
    expect(onWire.body.equals(throughHttp.body)).toBe(true);
    expect(onWire.head).toContain('x-cache: hit\r\n');
    expect(idOf(onWire.head)).not.toBe(idOf(throughHttp.head));
    const date = new Date(/^Date: (.*)\r$/m.exec(onWire.head)?.[1] ?? '').getTime();
    expect(Math.abs(Date.now() - date)).toBeLessThan(5_000);
    client.socket.destroy();
  });

  test('is known on other connections, from their second request', async () => {
    (await connectKnown(app, SHORT)).client.socket.destroy();
    const other = await RawClient.connect(app.port);
    const before = parsed(app);
    for (let at = 0; at < 3; at++) await other.ask(SHORT);
    expect(parsed(app)).toBe(before + 1);
    other.socket.destroy();
  });

  test('is still known behind one that nobody sent before', async () => {
    const { client } = await connectKnown(app, SHORT);
    const before = parsed(app);
    await client.ask(unknown('FR'));
    const again = await client.ask(SHORT);
    expect([parsed(app) - before, again.body.toString()]).toEqual([1, SHORT_ANSWER]);
    client.socket.destroy();
  });

  test('is counted and told of like any other', async () => {
    const { client } = await connectKnown(app, SHORT);
    const before = await counted(app);
    for (let at = 0; at < 10; at++) await client.ask(SHORT);
    await expect.poll(() => counted(app)).toBe(before + 10);
    client.socket.destroy();
  });

  test('is not known when it asks for the end of its connection', async () => {
    const closing = SHORT.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    for (let tries = 0; tries < 4; tries++) {
      const { client } = await connectKnown(app, SHORT);
      expect((await client.ask(closing)).head).toContain('Connection: close\r\n');
      await once(client.socket, 'close');
    }
  });

  test('is nothing special on a connection on which nothing repeats', async () => {
    const { client } = await connectKnown(app, SHORT);
    for (let at = 0; at < 101; at++)
      await client.ask(`GET /health?${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const before = parsed(app);
    await client.ask(SHORT);
    expect(parsed(app)).toBe(before + 1);
    client.socket.destroy();
  });

  test('is not answered faster than its client reads', async () => {
    const { client, socket } = await connectKnown(app, LONGEST);
    client.socket.pause();
    const before = { parsed: parsed(app), counted: await counted(app) };
    for (let at = 0; at < 60; at++) {
      client.socket.write(LONGEST);
      await settled();
    }
    expect(parsed(app)).toBeGreaterThan(before.parsed);
    expect(socket.writableLength).toBeLessThan(2_000_000);
    client.socket.resume();
    await client.heard(60);
    await expect.poll(() => counted(app)).toBe(before.counted + 60);
    expect(new Set(client.answers.map(({ body }) => body.length)).size).toBe(1);
    client.socket.destroy();
  }, 30_000);

  test('is told of as well when its client goes away', async () => {
    const { client, socket } = await connectKnown(app, LONGEST);
    const before = await counted(app);
    const asked = await fill(client, socket);
    client.socket.destroy();
    await expect.poll(() => counted(app)).toBe(before + asked);
  });

  test('is another one when the data have changed', async () => {
    const request = rawPost('{"query":"{ country(code: \\"AQ\\") { code } }"}');
    const { client } = await connectKnown(app, request);
    await app.post('mutation { deleteCountry(code: "AQ") { code } }');
    expect((await client.ask(request)).body.toString()).toBe('{"data":{"country":null}}\n');
    client.socket.destroy();
  });

  test('may be followed by a web socket on its connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const upgraded: Socket[] = [];
    app.server.server.on('upgrade', ({ socket }) => upgraded.push(socket));
    for (let at = 0; at < 3; at++) ports.add(await askThrough(agent, app));
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/graphql`, 'graphql-transport-ws', { agent });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toMatchObject({ type: 'connection_ack' });
    expect([...ports]).toEqual(upgraded.map(({ remotePort }) => remotePort));
    // Nobody reads it as HTTP any more.
    expect(upgraded.map((each) => each.listenerCount('data'))).toEqual([1]);
    socket.terminate();
    agent.destroy();
  });
});

test('a client over its limit of requests is refused on its connection as well', async () => {
  const app = await serveCounted({ RATE_LIMIT: '6' });
  const client = await RawClient.connect(app.port);
  const statuses: number[] = [];
  for (let at = 0; at < 8; at++) statuses.push((await client.ask(SHORT)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  expect(parsed(app)).toBeLessThan(8);
  client.socket.destroy();
});

test('a request without a body is refused at once where requests are counted', async () => {
  const app = await serveCounted({ RATE_LIMIT: '6' });
  const client = await RawClient.connect(app.port);
  expect((await client.ask(rawPost(''))).status).toBe(400);
});

test('a slow client has its answer to the end when the server stops', async () => {
  const app = await serveCounted();
  const { client, socket } = await connectKnown(app, LONGEST);
  const { length } = (await client.ask(LONGEST)).body;
  const before = parsed(app);
  const asked = await fill(client, socket);
  const stopped = app.server.close();
  await delay(1_500);
  client.socket.resume();
  await client.heard(1 + asked);
  expect(client.answers.at(-1)?.body.length).toBe(length);
  expect(parsed(app)).toBe(before);
  await stopped;
}, 30_000);

/** Without what is another one for each answer. */
function lasting(head: string): string {
  return head.replace(/^(x-request-id|x-ratelimit-\w+|Date): .*\r\n/gm, '');
}

function idOf(head: string): string | undefined {
  return /^x-request-id: ([\da-f-]{36})\r$/m.exec(head)?.[1];
}

/** The port that the client's end of the connection has. */
function askThrough(agent: Agent, { port }: Served): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', path: '/graphql', method: 'POST' };
    const request = httpRequest(
      { ...options, headers: { 'content-type': 'application/json' } },
      (response) => {
        const { localPort } = response.socket;
        response.resume().on('end', () => resolve(localPort));
      },
    );
    request.on('error', reject).end('{"query":"{ country(code: \\"CI\\") { code } }"}');
  });
}
