import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { runs } from '../runs.js';
import { RawClient, rawPost } from './raw-client.js';
import { type Served, serve } from './serve.js';

const ENCODINGS = ['identity', 'gzip', 'br, gzip'];
const QUERY = '{ countries(first: 60) { nodes { code name population } } }';
const SHORT = rawPost('{"query":"{ country(code: \\"CI\\") { code } }"}');
const SHORT_ANSWER = '{"data":{"country":{"code":"CI"}}}\n';
const LONG = rawPost(JSON.stringify({ query: QUERY }));
/** A few hundred kilobytes. */
const LONGEST = rawPost(
  JSON.stringify({
    query: `{ ${Array.from({ length: 8 }, (_, at) => `a${at}: countries { nodes { code name capital flagUrl } }`).join(' ')} }`,
  }),
);

async function ask({ url }: Served, headers: Record<string, string> = {}, query = QUERY) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const cache = response.headers.get('x-cache');
  return { status: response.status, headers: response.headers, text, cache };
}

/** Without what differs between any two responses. */
function lasting(headers: Headers): Record<string, string> {
  const { date, 'x-request-id': _, ...rest } = Object.fromEntries(headers);
  return rest;
}

describe('a request that is repeated', async () => {
  const app = await serve();

  test.each(ENCODINGS)('has the same head and body in %s', async (encoding) => {
    const query = QUERY.replace('60', String(61 + ENCODINGS.indexOf(encoding)));
    const headers = { 'accept-encoding': encoding };
    const first = await ask(app, headers, query);
    const second = await ask(app, headers, query);
    const third = await ask(app, headers, query);
    expect([first.cache, second.cache, third.cache]).toEqual(['miss', 'hit', 'hit']);
    expect(second.text).toBe(first.text);
    expect(third.text).toBe(first.text);
    expect(lasting(third.headers)).toEqual(lasting(second.headers));
    expect(lasting(third.headers)).toEqual({ ...lasting(first.headers), 'x-cache': 'hit' });
  });

  test('has the same bytes however its headers are written', async () => {
    const client = await RawClient.connect(app.port);
    await client.ask(LONG);
    const [one, other] = [await client.ask(LONG), await client.ask(LONG.replace('localhost', 'LOCALHOST'))];
    const head = (bytes: string) => bytes.replace(/^(x-request-id|Date): .*\r\n/gm, '');
    expect(head(one.head)).toBe(head(other.head));
    expect(one.head).toContain('x-cache: hit\r\n');
    expect(one.body.equals(other.body)).toBe(true);
    const date = new Date(/^Date: (.*)\r$/m.exec(one.head)?.[1] ?? '').getTime();
    expect(Math.abs(Date.now() - date)).toBeLessThan(5_000);
    client.socket.destroy();
  });

  test('has an id of its own', async () => {
    const ids = [await ask(app), await ask(app)].map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
  });

  test('is counted like any other', async () => {
    await ask(app);
    const before = await counted(app);
    const repeated = await Promise.all(Array.from({ length: 10 }, () => ask(app)));
    expect(repeated.every(({ cache }) => cache === 'hit')).toBe(true);
    await expect.poll(() => counted(app)).toEqual({ requests: before.requests + 10, hits: before.hits + 10 });
  });

  test('has another answer when the data have changed', async () => {
    const query = '{ country(code: "AQ") { code } }';
    for (let at = 0; at < 3; at++) {
      expect((await ask(app, {}, query)).text).toBe('{"data":{"country":{"code":"AQ"}}}\n');
    }
    await app.post('mutation { deleteCountry(code: "AQ") { code } }');
    expect(await ask(app, {}, query)).toMatchObject({ cache: 'miss', text: '{"data":{"country":null}}\n' });
  });

  test('has the media type that it asks for', async () => {
    for (let at = 0; at < 2; at++) await ask(app);
    const accept = 'application/graphql-response+json';
    const other = await ask(app, { accept });
    expect(other).toMatchObject({ cache: 'miss' });
    expect(other.headers.get('content-type')).toContain(accept);
    // A missing header is not the same as one with the text that JavaScript makes of it.
    const client = await RawClient.connect(app.port);
    for (let at = 0; at < 2; at++) await client.ask(LONG);
    const refused = await client.ask(LONG.replace('\r\n\r\n', '\r\nAccept: undefined\r\n\r\n'));
    expect(refused.status).toBe(406);
    client.socket.destroy();
  });

  test('is refused when a form of a foreign page sends the same bytes', async () => {
    for (let at = 0; at < 2; at++) await ask(app);
    const refused = await ask(app, { 'content-type': 'text/plain' });
    expect(refused).toMatchObject({ cache: null, status: expect.toSatisfy((status) => status >= 400) });
  });

  test('is not answered faster than its client reads', async () => {
    const opened = once(app.server.server, 'connection');
    const client = await RawClient.connect(app.port);
    const [socket] = (await opened) as [Socket];
    const before = await counted(app);
    client.socket.pause();
    for (let at = 0; at < 60; at++) {
      client.socket.write(LONGEST);
      await settled();
    }
    expect(socket.writableLength).toBeLessThan(2_000_000);
    client.socket.resume();
    await client.heard(60);
    await expect.poll(async () => (await counted(app)).requests).toBe(before.requests + 60);
    expect(new Set(client.answers.map(({ body }) => body.length)).size).toBe(1);
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
    socket.terminate();
    agent.destroy();
  });
});

describe('a request whose answer is cached', async () => {
  const app = await serve();
  const body = JSON.stringify({ query: '{ country(code: "CI") { code } }' });
  const answer = '{"data":{"country":{"code":"CI"}}}';
  const head = (...lines: string[]) =>
    ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines, '', ''].join('\r\n');
  const whole = `${head(`Content-Length: ${body.length}`)}${body}`;
  beforeEach(async () => {
    for (let tries = 0; tries < 3; tries++) await talk(app.port, [whole]);
  });

  test('is answered when its body comes in pieces', async () => {
    const bytes = `${head(`Content-Length: ${body.length}`)}${body}`;
    const pieces = [bytes.slice(0, 90), bytes.slice(90, -10), bytes.slice(-10, -1), bytes.slice(-1)];
    expect(await talk(app.port, pieces)).toContain(answer);
  });

  test('is not taken for another that begins alike and comes in pieces', async () => {
    const long = (code: string) => JSON.stringify({ query: `{ country(code: "${code}") { code } }`, variables: {} });
    const pieces = (code: string) => {
      const bytes = `${head(`Content-Length: ${long(code).length}`)}${long(code)}`;
      const cut = bytes.indexOf(code);
      return [bytes.slice(0, cut), bytes.slice(cut)];
    };
    for (let tries = 0; tries < 3; tries++) await talk(app.port, pieces('CI'));
    expect(await talk(app.port, pieces('FR'))).toContain('{"data":{"country":{"code":"FR"}}}');
  });

  test('is answered when its body comes in chunks', async () => {
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect(await talk(app.port, [`${head('Transfer-Encoding: chunked')}${chunk}`])).toContain(answer);
  });

  test('is answered when it waits to be told that it may send', async () => {
    const pieces = [head(`Content-Length: ${body.length}`, 'Expect: 100-continue'), body];
    const heard = await talk(app.port, pieces);
    expect(heard).toContain('100 Continue');
    expect(heard).toContain(answer);
  });

  test('is answered in its turn among others on the same connection', async () => {
    const unknown = whole.replace('"CI', '"ZZ');
    const heard = await talk(app.port, [`${whole}${unknown}${whole}${whole}`]);
    const answers = heard.match(/\{"data.*/g);
    expect(answers).toEqual([answer, '{"data":{"country":null}}', answer, answer]);
  });

  test('closes its connection when it asks for that', async () => {
    const closing = whole.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    const client = await RawClient.connect(app.port);
    expect((await client.ask(closing)).head.toLowerCase()).toContain('connection: close\r\n');
    await once(client.socket, 'close');
  });

  test('is lost alone when its client hangs up in the middle of it', async () => {
    const socket = createConnection(app.port, '127.0.0.1');
    socket.write(`${head(`Content-Length: ${body.length}`)}${body.slice(0, 5)}`);
    await delay(20);
    socket.destroy();
    expect(await talk(app.port, [whole])).toContain(answer);
  });

  test('is refused when it has no body', async () => {
    expect(await talk(app.port, [head('Content-Length: 0')])).toMatch(/^HTTP\/1.1 4\d\d /);
  });
});

describe('the bytes of a cached request in the middle of another', async () => {
  const app = await serve();
  const post = (...lines: string[]) => ['POST /graphql HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');
  beforeEach(async () => {
    for (let tries = 0; tries < 3; tries++) await talk(app.port, [SHORT]);
  });

  test.each([
    ['body', `${post(`Content-Length: ${SHORT.length + 4}`)}abcd`, ''],
    ['body that comes later', post(`Content-Length: ${SHORT.length}`), ''],
    ['chunk', `${post('Transfer-Encoding: chunked')}${SHORT.length.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
    ['header', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: ', ''],
    ['first line', 'GET /health?', ''],
    ['after bare line feeds', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\n\n\r\n\r\nabcdGET ', ''],
    ['after two lengths', `${post('Content-Length: 9', 'Transfer-Encoding: chunked')}0\r\n\r\nGET `, ''],
    ['after a bare carriage return', `${post('Content-Length: 8\r\n\rabcd')}GET /a?b`, ''],
  ])('are not a request: %s', async (_, before, after) => {
    const { hits } = app.context.responses.counts;
    const client = await RawClient.connect(app.port);
    for (const piece of [before, SHORT, after]) {
      client.socket.write(piece, 'latin1');
      await settled();
    }
    expect(app.context.responses.counts.hits).toBe(hits);
    expect(client.answers.map((one) => one.body.toString())).not.toContain(SHORT_ANSWER);
    expect(client.answers.length).toBeLessThanOrEqual(1);
    client.socket.destroy();
  });
});

test('the bytes of a cached request are not a request as the rest of one after empty lines', async () => {
  const app = await serve();
  const client = await RawClient.connect(app.port);
  const head = '\r\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300\r\n\r\n';
  for (const piece of [SHORT, head.padEnd(5 + 300, 'x'), SHORT]) {
    client.socket.write(piece, 'latin1');
    await settled();
  }
  expect(client.answers.map(({ body }) => body.toString()).slice(1)).not.toContain(SHORT_ANSWER);
  client.socket.destroy();
});

test('requests in any pieces are answered as if each had come alone', async () => {
  const app = await serve();
  const requests: Record<string, string> = {
    SHORT,
    LONG,
    unknown: rawPost('{"query":"{ country(code: \\"FR\\") { code } } # "}'),
    health: 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n',
    none: rawPost('{"query":"{ country(code: \\"ZZ\\") { code } }"}'),
    malformed: rawPost('{"query":"{ countries"}'),
    missing: 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n',
  };
  const expected = new Map<string, string>();
  for (const [name, request] of Object.entries(requests)) {
    const client = await RawClient.connect(app.port);
    expected.set(name, toldOf(await client.ask(request)));
    client.socket.destroy();
  }
  const step: fc.Arbitrary<Step> = fc.record({
    name: fc.constantFrom(...Object.keys(requests)),
    cut: fc.oneof(
      { arbitrary: fc.constant(0), weight: 1 },
      { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
    ),
    joined: fc.nat(4).map((drawn) => drawn === 0),
    waits: fc.boolean(),
  });
  const behave = async (steps: Step[]) => {
    const client = await RawClient.connect(app.port);
    let waiting = '';
    for (const [at, { name, cut, joined, waits }] of steps.entries()) {
      waiting += requests[name];
      if (joined && at < steps.length - 1) continue;
      await sendCut(client, waiting, cut);
      waiting = '';
      if (waits) await client.heard(at + 1);
    }
    await client.heard(steps.length);
    expect(client.answers.map(toldOf)).toEqual(steps.map(({ name }) => expected.get(name)));
    client.socket.destroy();
  };
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(steps, behave), { numRuns: runs(150) });
});

describe('a client over the limit of requests', async () => {
  const app = await serve({ RATE_LIMIT: '8', TRUSTED_PROXIES: 'loopback' });
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('is not answered from the cache either, and others are', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 10; at++) statuses.push((await ask(app, from('192.0.2.1'))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429, 429]);
    const other = await ask(app, from('192.0.2.2'));
    expect(other).toMatchObject({ status: 200, cache: 'hit' });
    expect(other.headers.get('x-ratelimit-limit')).toBe('8');
    expect(other.headers.get('x-ratelimit-remaining')).toBe('7');
  });

  test('is refused on an open connection too', async () => {
    const limited = await serve({ RATE_LIMIT: '6' });
    const client = await RawClient.connect(limited.port);
    const statuses: number[] = [];
    for (let at = 0; at < 8; at++) statuses.push((await client.ask(SHORT)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    client.socket.destroy();
  });

  test('is told at once that its request has no body', async () => {
    const limited = await serve({ RATE_LIMIT: '6' });
    const client = await RawClient.connect(limited.port);
    expect((await client.ask(rawPost(''))).status).toBe(400);
    client.socket.destroy();
  });
});

describe('pages of several origins', async () => {
  const app = await serve({ CORS_ORIGINS: 'https://a.example,https://b.example' });

  test('are each told that they may read, and others are not', async () => {
    const allowed = async (origin: string) => {
      for (let at = 0; at < 2; at++) await ask(app, { origin });
      return (await ask(app, { origin })).headers.get('access-control-allow-origin');
    };
    expect(await allowed('https://a.example')).toBe('https://a.example');
    expect(await allowed('https://b.example')).toBe('https://b.example');
    expect(await allowed('https://evil.example')).toBeNull();
  });
});

test('a slow client gets its answer to the end when the server stops', async () => {
  const app = await serve();
  const opened = once(app.server.server, 'connection');
  const client = await RawClient.connect(app.port);
  const [socket] = (await opened) as [Socket];
  const { length } = (await client.ask(LONGEST)).body;
  client.socket.pause();
  let asked = 0;
  while (socket.writableLength === 0) {
    client.socket.write(LONGEST);
    asked += 1;
    await settled();
  }
  const stopped = app.server.close();
  await delay(1_500);
  client.socket.resume();
  await client.heard(1 + asked);
  expect(client.answers.at(-1)?.body.length).toBe(length);
  await stopped;
});

interface Step {
  name: string;
  /** Where it is cut; 0 is not at all. */
  cut: number;
  /** With the next. */
  joined: boolean;
  /** For its answer, before the next. */
  waits: boolean;
}

async function sendCut({ socket }: RawClient, bytes: string, cut: number): Promise<void> {
  const where = Math.floor(cut * bytes.length);
  for (const piece of [bytes.slice(0, where), bytes.slice(where)].filter(Boolean)) {
    socket.write(piece, 'latin1');
    for (let turns = 0; turns < 4; turns++) await nextTurn();
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 30; turns++) await nextTurn();
  await delay(10);
}

/** Errors carry the id of their request. */
function toldOf({ status, body }: { status: number; body: Buffer }): string {
  return `${status} ${body.toString().replace(/"requestId":"[^"]*"/, '')}`;
}

async function counted({ url }: Served) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')[1] ?? 0,
    );
  return {
    requests: value('country_exchange_http_requests_total{route="/graphql",status="200"}'),
    hits: value('country_exchange_answer_cache_total{result="hit"}'),
  };
}

/** Sends pieces one after the other, and returns all that is received within a moment. */
async function talk(port: number, pieces: readonly string[]): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => {
    heard += data;
  });
  for (const piece of pieces) {
    socket.write(piece);
    await delay(15);
  }
  await delay(60);
  socket.destroy();
  return heard;
}

/** The port that the client's end of the connection has. */
function askThrough(agent: Agent, { port }: Served): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { agent, port, host: '127.0.0.1', path: '/graphql', method: 'POST' };
    const request = httpRequest({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
      const { localPort } = response.socket;
      response.resume().on('end', () => resolve(localPort));
    });
    request.on('error', reject).end('{"query":"{ country(code: \\"CI\\") { code } }"}');
  });
}
