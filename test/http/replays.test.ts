import { subscribe } from 'node:diagnostics_channel';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Served, serve } from './serve.js';

const QUERY = '{ countries(first: 60) { nodes { code name population } } }';
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };

/** How many requests have come to Fastify. */
let routed = 0;
subscribe('tracing:fastify.request.handler:start', () => {
  routed += 1;
});

async function ask({ url }: Served, headers: Record<string, string> = {}, query = QUERY) {
  const before = routed;
  const body = JSON.stringify({ query });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, isReplayed: routed === before };
}

/** Asks until it is kept, and recorded. */
async function record(app: Served, headers: Record<string, string> = {}, query = QUERY) {
  for (let tries = 0; tries < 20; tries++) {
    const answer = await ask(app, headers, query);
    if (answer.isReplayed) return answer;
    // The compressed form is made beside the first answer, and an answer is recorded when it has gone out.
    await delay(10);
  }
  throw new Error('It is never replayed');
}

/** What is not another one for each answer. */
function lasting(headers: Headers): Record<string, string> {
  const { date, 'x-request-id': _, ...rest } = Object.fromEntries(headers);
  return rest;
}

describe('an answer that is replayed', async () => {
  const app = await serve();

  test.each(['identity', 'gzip', 'br, gzip'])(
    'is that of the long way, head and body, in %s',
    async (encoding) => {
      const query = QUERY.replace('60', String(60 + encoding.length));
      const headers = { 'accept-encoding': encoding };
      await ask(app, headers, query);
      await delay(50);
      const hit = await ask(app, headers, query);
      const replayed = await record(app, headers, query);
      expect([hit.isReplayed, replayed.isReplayed]).toEqual([false, true]);
      expect(replayed.text).toBe(hit.text);
      expect(replayed.headers.get('x-cache')).toBe('hit');
      expect(lasting(replayed.headers)).toEqual(lasting(hit.headers));
    },
  );

  test('has an id of its own', async () => {
    const ids = [await record(app), await record(app)].map(({ headers }) => headers.get('x-request-id'));
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/);
  });

  test('is counted like any other', async () => {
    await record(app);
    const before = await counted(app);
    const replayed = await Promise.all(Array.from({ length: 10 }, () => ask(app)));
    expect(replayed.every(({ isReplayed }) => isReplayed)).toBe(true);
    await expect.poll(() => counted(app)).toEqual({ requests: before.requests + 10, hits: before.hits + 10 });
  });

  test('is none of data that have changed', async () => {
    const query = '{ country(code: "AQ") { code } }';
    expect((await record(app, {}, query)).text).toBe('{"data":{"country":{"code":"AQ"}}}\n');
    await app.post('mutation { deleteCountry(code: "AQ") { code } }');
    const after = await ask(app, {}, query);
    expect(after).toMatchObject({ isReplayed: false, text: '{"data":{"country":null}}\n' });
  });

  test.each([
    ['media type', { accept: 'application/graphql-response+json' }],
    ['encoding', { 'accept-encoding': 'deflate' }],
    ['content type', { 'content-type': 'application/json; charset=utf-8' }],
  ])('is none to another %s', async (_what, headers) => {
    await record(app);
    expect((await ask(app, headers)).isReplayed).toBe(false);
  });

  test('is none where a form of a foreign page has the same bytes', async () => {
    await record(app);
    const refused = await ask(app, { 'content-type': 'text/plain' });
    expect(refused).toMatchObject({ isReplayed: false, status: expect.toSatisfy((status) => status >= 400) });
  });
});

describe('a request whose answer could be replayed', async () => {
  const app = await serve();
  const body = JSON.stringify({ query: '{ country(code: "CI") { code } }' });
  const answer = '{"data":{"country":{"code":"CI"}}}';
  const head = (...lines: string[]) =>
    ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines, '', ''].join(
      '\r\n',
    );
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
    const long = (code: string) =>
      JSON.stringify({ query: `{ country(code: "${code}") { code } }`, variables: {} });
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

  test('is nobody’s when its client hangs up in the middle of it', async () => {
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

describe('who is over the limit of requests', async () => {
  const app = await serve({ RATE_LIMIT: '8', TRUSTED_PROXIES: 'loopback' });
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('gets no replay either, and others do', async () => {
    await record(app, from('192.0.2.1'));
    const statuses: number[] = [];
    for (let at = 0; at < 8; at++) statuses.push((await ask(app, from('192.0.2.1'))).status);
    expect(statuses).toContain(200);
    expect(statuses.at(-1)).toBe(429);
    const other = await ask(app, from('192.0.2.2'));
    expect(other).toMatchObject({ status: 200, isReplayed: true });
    expect(other.headers.get('x-ratelimit-limit')).toBe('8');
    expect(other.headers.get('x-ratelimit-remaining')).toBe('7');
  });
});

describe('pages of several origins', async () => {
  const app = await serve({ CORS_ORIGINS: 'https://a.example,https://b.example' });

  test('are each told that they may read, and others are not', async () => {
    const allowed = async (origin: string) =>
      (await record(app, { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://a.example')).toBe('https://a.example');
    expect(await allowed('https://b.example')).toBe('https://b.example');
    expect(await allowed('https://evil.example')).toBeNull();
  });
});

async function counted({ url }: Served) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')[1],
    );
  return {
    requests: value('country_exchange_http_requests_total{route="/graphql",status="200"}'),
    hits: value('country_exchange_answer_cache_total{result="hit"}'),
  };
}

/** Sends pieces one after the other, and returns all that is said within a moment. */
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
