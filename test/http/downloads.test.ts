import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/days.js';
import { rateRow } from '../db/rows.js';
import { type Served, serve } from './serve.js';

const app = await serve();
const { url } = app;
const get = (path: string, init: RequestInit = {}) => fetch(`${url}/data/${path}`, init);

const FILES = [
  'countries.csv',
  'countries.json',
  'rates.csv?base=EUR',
  'rates.json',
  'history/EUR.csv',
  'history/EUR.json',
];

describe.each(FILES)('/data/%s', (file) => {
  test('says what it is', async () => {
    const { headers, status } = await get(file);
    expect(status).toBe(200);
    const isCsv = file.includes('.csv');
    expect(headers.get('content-type')).toBe(
      isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/json; charset=utf-8',
    );
    expect(headers.get('content-disposition')).toMatch(isCsv ? /^attachment; .*\.csv"$/ : /^attachment; .*\.json"$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toMatch(/^public, max-age=60, s-maxage=300,/);
  });

  test('is not sent again while the data are the same', async () => {
    const etag = (await get(file)).headers.get('etag') as string;
    for (const known of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const response = await get(file, { headers: { 'if-none-match': known } });
      expect(response.status, known).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
      expect(await response.text()).toBe('');
    }
    const other = await get(file, { headers: { 'if-none-match': 'W/"0.1.0-0-0"' } });
    expect(other.status).toBe(200);
    await other.body?.cancel();
  });

  test('answers HEAD, without a body', async () => {
    const [whole, head] = [await get(file), await get(file, { method: 'HEAD' })];
    const headersOf = ({ headers }: Response) =>
      Object.fromEntries(
        [...headers].filter(([name]) => !/^(x-request-id|date|transfer-encoding|connection|keep-alive)$/.test(name)),
      );
    expect(headersOf(head)).toEqual(headersOf(whole));
    expect(await head.text()).toBe('');
    await whole.body?.cancel();
  });

  test('is compressed for those who accept it', async () => {
    const plain = await (await get(file, { headers: { 'accept-encoding': 'identity' } })).text();
    const raw = async (encoding: string) => {
      const { headers, rawPayload } = await app.server.inject({
        url: `/data/${file}`,
        headers: { 'accept-encoding': encoding },
      });
      expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
      return rawPayload;
    };
    expect(new TextDecoder().decode(gunzipSync(await raw('gzip')))).toBe(plain);
    expect(new TextDecoder().decode(brotliDecompressSync(await raw('br')))).toBe(plain);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('has no %s', async (method) => {
    const response = await get(file, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('refuses parameters that it does not know', async () => {
    const response = await get(`${file}${file.includes('?') ? '&' : '?'}colour=red`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'BAD_USER_INPUT',
      error: expect.stringMatching(/^Unknown parameter "colour": there are \w+/),
    });
  });
});

test('a CSV file begins with a byte order mark and has the line ends of RFC 4180', async () => {
  const bytes = Buffer.from(await (await get('countries.csv')).arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = bytes.toString();
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

describe('bad input', () => {
  const long = 'x'.repeat(5_000);
  test.each([
    ['rates.csv?base=XQX', 404, 'NOT_FOUND', /^There is no currency "XQX"$/],
    ['history/XQX.csv', 404, 'NOT_FOUND', /^There is no currency "XQX"$/],
    ['history/EUR.csv?base=XQX', 404, 'NOT_FOUND', /^There is no currency "XQX"$/],
    ['history/E%22%20U.csv', 404, 'NOT_FOUND', /^There is no currency "E\\" U"$/],
    ['history/__proto__.csv', 404, 'NOT_FOUND', /__proto__/],
    ['history/%.csv', 400, 'BAD_REQUEST', /not a valid url/],
    ['rates.csv?base=', 400, 'BAD_USER_INPUT', /three letters/],
    [`rates.csv?base=${long}`, 400, 'BAD_USER_INPUT', /three letters/],
    ['rates.csv?base=EUR&base=CHF', 400, 'BAD_USER_INPUT', /base is given twice/],
    ['rates.csv?on=2026-02-30', 400, 'BAD_USER_INPUT', /a day such as/],
    ['rates.csv?on=yesterday', 400, 'BAD_USER_INPUT', /a day such as/],
    ['rates.csv?on=%00', 400, 'BAD_USER_INPUT', /a day such as/],
    ['rates.csv?on=%E0%A4%A', 400, 'BAD_USER_INPUT', /a day such as/],
    ['rates.csv?on=1900-01-01', 404, 'RATE_UNAVAILABLE', /^There are no rates for USD on or before 1900-01-01$/],
    ['rates.csv?__proto__=1', 400, 'BAD_USER_INPUT', /^Unknown parameter "__proto__"/],
    ['rates.csv?toString=1', 400, 'BAD_USER_INPUT', /^Unknown parameter "toString"/],
    ['countries.json?first=3', 400, 'BAD_USER_INPUT', /^Unknown parameter "first": there are none$/],
    ['history/EUR.csv?from=2026-02-02&to=2026-02-01', 400, 'BAD_USER_INPUT', /must not be after/],
    ['history/EUR.csv?step=DECADE', 400, 'BAD_USER_INPUT', /^step must be one of DAY, WEEK, MONTH, QUARTER, YEAR$/],
    ['history/EUR.csv?step=month', 400, 'BAD_USER_INPUT', /^step must be one of/],
  ])('%s is %i %s', async (path, status, code, message) => {
    const response = await get(path);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('content-disposition')).toBeNull();
    expect(await response.json()).toEqual({ error: expect.stringMatching(message), code });
    expect(response.status).toBe(status);
  });

  test.each([
    ['history/EUR.xml', 404],
    ['history/.csv', 404],
    ['history/E%0D%0AU.csv', 404],
    ['history/EUR.csv/', 404],
    ['countries', 404],
    ['../data', 404],
    ['history/%E0%A4%A.csv', 400],
    [`history/${'x'.repeat(200)}.csv`, 414],
  ])('%.40s is %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

test('another data version has another validator, and an old one gets the new file', async () => {
  const changing = await serve();
  const before = await fetch(`${changing.url}/data/countries.json`);
  const { rows } = (await before.json()) as { rows: unknown[] };
  await changing.post('mutation { deleteCountry(code: "AQ") { code } }');
  const after = await fetch(`${changing.url}/data/countries.json`, {
    headers: { 'if-none-match': before.headers.get('etag') as string },
  });
  expect(after.status).toBe(200);
  expect(((await after.json()) as { rows: unknown[] }).rows).toHaveLength(rows.length - 1);
});

test('pages of CORS_ORIGINS may read files and their headers, others may not', async () => {
  const listed = await serve({ CORS_ORIGINS: 'https://app.example' });
  const from = async (origin: string, method = 'GET') =>
    (await fetch(`${listed.url}/data/countries.csv`, { method, headers: { origin } })).headers;
  const headers = await from('https://app.example');
  expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(headers.get('access-control-expose-headers')).toMatch(/x-attribution/);
  expect(headers.get('vary')).toMatch(/origin, accept-encoding/i);
  expect((await from('https://evil.example')).get('access-control-allow-origin')).toBeNull();
});

test('requests count against RATE_LIMIT, rows against COST_LIMIT', async () => {
  const limited = await serve({ RATE_LIMIT: '3' });
  const statuses = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${limited.url}/data/rates.csv`)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);

  const dear = await serve({ COST_LIMIT: '6000' });
  // It has 250 rows and about 30 columns: more than the sixth of a minute's budget that can be spent at once.
  expect((await fetch(`${dear.url}/data/countries.csv`)).status).toBe(200);
  const refused = await fetch(`${dear.url}/data/countries.csv`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect((await dear.post('{ countries { totalCount } }')).errors[0]?.extensions?.code).toBe('RATE_LIMITED');
});

test('a fault is masked, and its request id leads to the log', async () => {
  const broken = await serve();
  await broken.context.database.kysely.schema.dropTable('exchange_rates').execute();
  const response = await fetch(`${broken.url}/data/history/EUR.csv`);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({
    error: 'Internal server error',
    code: 'INTERNAL_SERVER_ERROR',
    requestId: response.headers.get('x-request-id'),
  });
});

/** More than the buffers between the server and a client that reads nothing can hold. */
const MANY_DAYS = 250_000;

async function withLongHistory(env = {}): Promise<Served> {
  const served = await serve(env);
  const { database } = served.context;
  const rows = Array.from({ length: MANY_DAYS }, (_, at) => rateRow('EUR', 0.5 + at / 1e6, addDays('1340-01-01', at)));
  await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 1_000));
  return served;
}

/** Reads the first bytes of a file and then no more. */
async function begin({ port }: Served): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.write('GET /data/history/EUR.json HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'readable');
  expect(String(socket.read(15))).toBe('HTTP/1.1 200 OK');
  return socket;
}

async function restOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    if (String(chunk).endsWith('0\r\n\r\n')) break;
  }
  return Buffer.concat(chunks).toString();
}

describe('a long history', async () => {
  const served = await withLongHistory({ QUERY_TIMEOUT: '2' });
  const finished = async (status: number) => {
    const text = await (await fetch(`${served.url}/metrics`)).text();
    const line = new RegExp(`requests_total\\{route="/data/history/:code.json",status="${status}"\\} (\\d+)`);
    return Number(line.exec(text)?.[1] ?? 0);
  };

  test('arrives whole at a client that pauses', async () => {
    const socket = await begin(served);
    await sleep(500);
    const text = await restOf(socket);
    expect(text.match(/"date"/g)).toHaveLength(MANY_DAYS + 1);
    expect(text).toMatch(/"licence":.*\}\n\r\n0\r\n\r\n$/);
    socket.destroy();
  });

  test('is read as fast as the client takes it, and cut when the data change meanwhile', async () => {
    const socket = await begin(served);
    await sleep(500);
    await served.post('mutation { deleteCountry(code: "AQ") { code } }');
    const text = await restOf(socket).catch(() => '');
    expect(text).not.toMatch(/0\r\n\r\n$/);
    expect(text).not.toContain('"licence"');
  });

  test('is given up when its client goes away', async () => {
    const before = await finished(499);
    (await begin(served)).destroy();
    await expect.poll(() => finished(499)).toBe(before + 1);
  });

  test('is given up when its client takes nothing for as long as a query may last', async () => {
    const before = await finished(499);
    const socket = await begin(served);
    await expect.poll(() => finished(499), { timeout: 8_000 }).toBe(before + 1);
    socket.destroy();
  });
});
