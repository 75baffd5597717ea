import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { createServer } from '../../src/http/server.js';
import { RawClient } from './raw-client.js';
import { serve } from './serve.js';

const { context } = await serve();
const folder = await mkdtemp(join(inject('testFolder'), 'web-'));
const script = `export const text = ${JSON.stringify('x'.repeat(5_000))};`;
const html = '<!doctype html><title>Côte d’Ivoire</title>';
const explorer = '<!doctype html><title>GraphiQL</title>';

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(folder, path), text);
  await writeFile(join(folder, `${path}.br`), brotliCompressSync(text));
  await writeFile(join(folder, `${path}.gz`), gzipSync(text));
}
await mkdir(join(folder, 'assets/fonts'), { recursive: true });
await mkdir(join(folder, 'graphiql/assets'), { recursive: true });
await write('index.html', html);
await write('assets/main-B4kq3.js', script);
await writeFile(join(folder, 'assets/flag-a1b2c3.svg'), '<svg/>');
await write('graphiql/index.html', explorer);
await write('graphiql/assets/editor.worker-Xy12.js', script);
await writeFile(join(folder, 'secret.txt'), 'not to be served');
await symlink('/etc/passwd', join(folder, 'assets/outside'));

const server = await createServer(context, folder);
const url = await server.listen({ host: '127.0.0.1', port: 0 });
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url + path, { headers, method });

describe.each([
  ['/', html],
  ['/country/CH', html],
  ['/country/%E2%82%AC', html],
  ['/currency/CHF?on=2026-01-01', html],
  ['/graphiql', explorer],
  ['/graphiql/', explorer],
  ['/graphiql?query=%7Bstatus%7Bversion%7D%7D', explorer],
])('%s', (path, expected) => {
  test('is the page', async () => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe(expected);
  });

  test('is revalidated each time, and not sent again while it is the same', async () => {
    const { headers } = await get(path);
    expect(headers.get('cache-control')).toBe('no-cache');
    const etag = headers.get('etag') as string;
    const known = await get(path, { 'if-none-match': `"other", ${etag}` });
    expect(known.status).toBe(304);
    expect(known.headers.get('content-encoding')).toBeNull();
    expect(await known.text()).toBe('');
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('loads nothing from elsewhere and cannot be framed', async () => {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') as string;
    for (const part of [
      "default-src 'self'",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split('; ')).toContain(part);
    }
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src/);
    expect(policy.includes('unsafe-inline')).toBe(path.startsWith('/graphiql'));
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
  });

  test('answers GET and HEAD, and no other method', async () => {
    const head = await get(path, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe((await get(path)).headers.get('etag'));
    expect(await head.text()).toBe('');
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const refused = await get(path, {}, method);
      expect(refused.status, method).toBe(405);
      expect(refused.headers.get('allow')).toBe('GET, HEAD');
    }
  });
});

describe.each(['/assets/main-B4kq3.js', '/graphiql/assets/editor.worker-Xy12.js'])('%s', (path) => {
  test('is kept for a year', async () => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      // A worker has the policy that its script comes with.
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
    expect(await response.text()).toBe(script);
  });

  test.each([
    ['br, gzip', 'br', brotliCompressSync(script)],
    ['gzip', 'gzip', gzipSync(script)],
    ['br;q=0, gzip;q=0', undefined, Buffer.from(script)],
    ['zstd', undefined, Buffer.from(script)],
  ])('is sent as it was compressed by the build to those who accept %s', async (accepted, encoding, bytes) => {
    const { headers, rawPayload } = await server.inject({ url: path, headers: { 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('accept-encoding');
    expect(headers['content-length']).toBe(String(bytes.length));
    expect(rawPayload).toEqual(bytes);
  });

  test('may be revalidated, or asked for in parts or for its size alone', async () => {
    const { headers } = await server.inject({ url: path });
    const again = await server.inject({ url: path, headers: { 'if-none-match': headers.etag as string } });
    expect(again).toMatchObject({ statusCode: 304, payload: '' });
    const part = await server.inject({ url: path, headers: { range: 'bytes=0-5' } });
    expect(part).toMatchObject({ statusCode: 206, payload: 'export' });
    const head = await server.inject({ method: 'HEAD', url: path });
    expect(head).toMatchObject({ statusCode: 200, payload: '' });
    expect(head.headers['content-length']).toBe(String(script.length));
  });
});

test('an asset that was not compressed is sent as it is', async () => {
  const response = await get('/assets/flag-a1b2c3.svg', { 'accept-encoding': 'br' });
  expect(response.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(await response.text()).toBe('<svg/>');
});

const LONG = 'a'.repeat(2_000);
test.each([
  '/nothing',
  '/country',
  '/country/',
  '/country/CH/more',
  '/index.html',
  '/secret.txt',
  '/assets',
  '/assets/',
  '/assets/fonts',
  '/assets/nothing.js',
  '/assets/outside',
  '/assets/../secret.txt',
  '/assets/..%2fsecret.txt',
  '/assets/%2e%2e/secret.txt',
  '/assets/..%5csecret.txt',
  '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd',
  '/assets/%252e%252e%252fsecret.txt',
  '/assets//etc/passwd',
  '/assets/main-B4kq3.js%00.svg',
  '/assets/main-B4kq3.js/',
  '/assets/__proto__',
  '/graphiql/index.html',
  '/graphiql/../secret.txt',
  `/assets/${LONG}`,
])('%s is not found', async (path) => {
  // Sent as is: fetch would remove the dots.
  const client = await RawClient.connect(Number(new URL(url).port));
  const { status, body } = await client.ask(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  client.socket.destroy();
  expect(status).toBe(404);
  expect(JSON.parse(body.toString())).toEqual({ error: 'Not found', code: 'NOT_FOUND' });
});

test.each([
  ['/assets/%E0%A4%A', 400],
  [`/country/${LONG}`, 414],
  [`/assets/${'a'.repeat(20_000)}`, 431],
])('%.40s is %i', async (path, status) => {
  expect((await get(path)).status).toBe(status);
});

test('a page that has changed has another validator, whatever its time and length', async () => {
  const other = await mkdtemp(join(inject('testFolder'), 'web-'));
  const etagOf = async (text: string) => {
    await writeFile(join(other, 'index.html'), text);
    await utimes(join(other, 'index.html'), 0, 0);
    const app = await createServer(context, other);
    const { headers } = await app.inject({ url: '/' });
    await app.close();
    return headers.etag;
  };
  expect(await etagOf('<script src=/assets/a-1.js>')).not.toBe(await etagOf('<script src=/assets/a-2.js>'));
  await rm(other, { recursive: true });
});

test('without a build, the page says what to do', async () => {
  const app = await createServer(context, join(folder, 'not-there'));
  for (const path of ['/', '/country/CH', '/graphiql']) {
    const { statusCode, headers, payload } = await app.inject({ url: path });
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(payload).toMatch(/^This page is not built: run `npm run build`/);
  }
  expect((await app.inject({ url: '/assets/main-B4kq3.js' })).statusCode).toBe(404);
  await app.close();
});

test('LANDING_PAGE=off serves none of it', async () => {
  const { context: closed } = await serve({ LANDING_PAGE: 'off' });
  const app = await createServer(closed, folder);
  for (const path of ['/', '/country/CH', '/graphiql', '/assets/main-B4kq3.js']) {
    expect((await app.inject({ url: path })).statusCode, path).toBe(404);
  }
  await app.close();
});
