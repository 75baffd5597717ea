import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchWires } from '../../src/http/wire.js';
import { RawClient, rawPost } from './raw-client.js';
import {
  connectKnown,
  LONG,
  parsed,
  SHORT,
  SHORT_ANSWER,
  serveCounted,
  settled,
  unknown,
} from './wire-stage.js';

/** The beginning of a request. */
const BEGUN = 'GET ';
const KNOWN = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown';

describe('bytes of a known request in the middle of another', async () => {
  const app = await serveCounted();
  const post = (...lines: string[]) =>
    ['POST /graphql HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');

  test.each([
    ['body', `${post(`Content-Length: ${SHORT.length + 4}`)}abcd`, ''],
    ['body that comes later', post(`Content-Length: ${SHORT.length}`), ''],
    ['chunk', `${post('Transfer-Encoding: chunked')}${SHORT.length.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
    ['header', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: ', ''],
    ['first line', 'GET /health?', ''],
  ])('are no request: %s', async (_, before, after) => {
    const { client } = await connectKnown(app, SHORT);
    const { hits } = app.context.answers.counts;
    for (const piece of [before, SHORT, after]) {
      client.socket.write(piece, 'latin1');
      await settled();
    }
    expect(app.context.answers.counts.hits).toBe(hits);
    expect(client.answers.map(({ body }) => body.toString())).not.toContain(SHORT_ANSWER);
    expect(client.answers.length).toBeLessThanOrEqual(1);
    client.socket.destroy();
  });

  test('are no request behind the beginning of one in the same piece', async () => {
    const { client } = await connectKnown(app, SHORT);
    await client.ask(`${unknown('FR')}GET /health?`);
    client.socket.write(SHORT);
    await settled();
    expect(client.answers.map(({ body }) => body.toString())).not.toContain(SHORT_ANSWER);
    client.socket.destroy();
  });

  test('are no request when they are the rest of one behind empty lines', async () => {
    const { client } = await connectKnown(app, SHORT);
    const head = '\r\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300\r\n\r\n';
    client.socket.write(head.padEnd(5 + 300, 'x'), 'latin1');
    await settled();
    client.socket.write(SHORT);
    await settled();
    expect(client.answers.map(({ body }) => body.toString())).not.toContain(SHORT_ANSWER);
    client.socket.destroy();
  });

  test.each([
    // Its body begins with what others take for the end of its head, and so ends four bytes earlier.
    ['bare line feeds', `Content-Length: ${BEGUN.length + 4}\n\n\r\n\r\nabcd${BEGUN}`],
    [
      'two lengths',
      `Content-Length: ${BEGUN.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${BEGUN}`,
    ],
    ['a bare carriage return', 'Content-Length: 8\r\n\rabcd\r\n\r\nGET /a?b'],
  ])('are no request behind one with %s, even where that is taken', async (_, rest) => {
    const port = await servePlain({ insecureHTTPParser: true });
    expect(await hear(port, [SHORT, SHORT])).toEqual(['parsed', 'known']);
    const heard = await hear(port, [`POST / HTTP/1.1\r\nHost: localhost\r\n${rest}`, SHORT]);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard).not.toContain('known');
  });
});

test('a known request waits for the answer to the one before it', async () => {
  const port = await servePlain();
  const slow = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n';
  expect(await hear(port, [SHORT, SHORT, slow, SHORT])).toEqual(['parsed', 'known', 'parsed', 'parsed']);
});

test('a connection that is not looked at any more keeps nothing', async () => {
  const alive: WeakRef<object>[] = [];
  const port = await servePlain({}, (request) => alive.push(new WeakRef(request)));
  const client = await RawClient.connect(port);
  await client.ask('POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
  for (let at = 0; at < 200; at++) await client.ask('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await settled();
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  expect(alive.filter((each) => each.deref()).length).toBeLessThan(20);
  expect(alive).toHaveLength(201);
  client.socket.destroy();
});

test('connections are looked at where it pays', async () => {
  const port = await servePlain();
  const isWatched = async (request: string) => {
    const client = await RawClient.connect(port);
    const answers = [await client.ask(request), await client.ask(request)];
    client.socket.destroy();
    return answers[1]?.body.toString() === 'known';
  };
  const other = (at: number) => rawPost(`{"at":${at}}`);
  expect(await isWatched(SHORT)).toBe(true);
  for (let at = 0; at < 32; at++) {
    const client = await RawClient.connect(port);
    await client.ask(other(at));
    client.socket.destroy();
  }
  const later = await Promise.all(Array.from({ length: 32 }, () => isWatched(SHORT)));
  expect(later.filter(Boolean)).toHaveLength(1);
  expect(await isWatched(SHORT)).toBe(true);
}, 30_000);

test('requests in any pieces are answered as if each had come alone', async () => {
  const app = await serveCounted();
  (await connectKnown(app, SHORT, LONG)).client.socket.destroy();
  const requests: Record<string, string> = {
    SHORT,
    LONG,
    unknown: unknown('FR'),
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
    // A connection is left to node:http at the first request that does not come whole.
    cut: fc.oneof(
      { arbitrary: fc.constant(0), weight: 4 },
      { arbitrary: fc.double({ min: 0, max: 1, noNaN: true }), weight: 1 },
    ),
    joined: fc.nat(4).map((drawn) => drawn === 0),
    waits: fc.boolean(),
  });
  let [asked, unparsed] = [0, 0];
  const behave = async (isKnown: boolean, steps: Step[]) => {
    // Known requests also see to it that the connections after this one are looked at.
    const client = isKnown
      ? (await connectKnown(app, SHORT, LONG)).client
      : await RawClient.connect(app.port);
    const before = parsed(app);
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
    asked += steps.length;
    unparsed += steps.length - (parsed(app) - before);
    client.socket.destroy();
  };
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(fc.boolean(), steps, behave), { numRuns: 150 });
  // Both ways were gone.
  expect(unparsed).toBeGreaterThan(20);
  expect(asked - unparsed).toBeGreaterThan(200);
}, 60_000);

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

/** A server that learns every request, and says whether it was parsed. */
async function servePlain(
  options: ServerOptions = {},
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<number> {
  const server = createServer(options, (request, response) => {
    onRequest(request);
    const answer = () => {
      learn(request, {});
      response.end('parsed');
    };
    request.resume().on('end', () => setTimeout(answer, request.url === '/slow' ? 100 : 0));
  });
  const learn = watchWires(server, (_learnt, socket) => socket.write(KNOWN));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** What is said to these pieces. */
async function hear(port: number, pieces: string[]): Promise<string[]> {
  const client = await RawClient.connect(port);
  for (const piece of pieces) {
    client.socket.write(piece, 'latin1');
    await settled();
  }
  await delay(150);
  client.socket.destroy();
  return client.answers.map(({ body }) => body.toString());
}

/** Errors carry an id of their request. */
function toldOf({ status, body }: { status: number; body: Buffer }): string {
  return `${status} ${body.toString().replace(/"requestId":"[^"]*"/, '')}`;
}
