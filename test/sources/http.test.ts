import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../src/runtime.js';
import * as faults from '../upstream/faults.js';
import { startUpstream } from '../upstream/upstream.js';
import { withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const get = (url = upstream.urls.csc, options = {}) => {
  const timeoutMs = 10_000;
  return http.getJson({ source: 'csc', url, signal: AbortSignal.timeout(timeoutMs), timeoutMs, ...options });
};

describe('a request', () => {
  test('says what it wants and who asks', async () => {
    await get();
    const [request] = upstream.requests('csc');
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'accept-encoding': 'gzip, br, deflate',
      'user-agent': `country-exchange/${VERSION} (self-hosted GraphQL API)`,
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  test('sends its key to the host that it is meant for, and to no other', async () => {
    const stranger = await startUpstream();
    upstream.answer('csc', faults.redirectTo(stranger.urls.csc));
    await get(upstream.urls.csc, { bearerToken: 'secret' });
    expect(upstream.requests('csc')[0]?.headers.authorization).toBe('Bearer secret');
    expect(stranger.requests('csc')[0]?.headers.authorization).toBeUndefined();
    await stranger.close();
  });
});

describe('an answer', () => {
  test.each(['gzip', 'br', 'deflate'] as const)('is read when it is compressed with %s', async (encoding) => {
    upstream.answer('csc', faults.compressed(encoding));
    expect((await get()).body).toHaveLength(250);
  });

  const compress: Record<string, (bytes: Buffer) => Buffer> = {
    gzip: gzipSync,
    'x-gzip': gzipSync,
    GZIP: gzipSync,
    br: brotliCompressSync,
    deflate: deflateSync,
  };
  /** What mirrors write into the header without having compressed anything. */
  const others = ['', 'identity', 'none', 'utf-8', 'UTF-8', 'aws-chunked', 'binary'];
  const codings = [...Object.keys(compress), ...others];
  const json = Buffer.from(JSON.stringify(['Curaçao', ...Array(999).fill('x')]));

  test('is read with every Content-Encoding of one and of two names', async () => {
    const lists = codings.flatMap((first) => [[first], ...codings.map((second) => [first, second])]);
    expect(lists.length).toBeGreaterThan(150);
    for (const list of lists) {
      const bytes = list.reduce<Buffer>((bytes, name) => compress[name]?.(bytes) ?? bytes, json);
      upstream.answer('csc', faults.raw(bytes, { 'content-encoding': list.join(',') }));
      expect((await get()).body, list.join(',')).toHaveLength(1000);
    }
  });

  test.each<[string, string, Buffer]>([
    ['deflate without its header', 'deflate', deflateRawSync(json)],
    ['deflate without its header, two bytes long', 'deflate', deflateRawSync('[]')],
    ['gzip twice that is gzip once', 'gzip, gzip', gzipSync(json)],
    ['gzip once that is gzip twice', 'gzip', gzipSync(gzipSync(json))],
    ['gzip that was unpacked', 'gzip', json],
    ['nothing that is a gzip file', '', gzipSync(json)],
  ])('is read when it says %s', async (_, coding, bytes) => {
    upstream.answer('csc', faults.raw(bytes, { 'content-encoding': coding }));
    expect((await get()).body).toBeInstanceOf(Array);
  });

  test.each([
    'application/gzip',
    'application/x-gzip',
    'application/octet-stream',
    'binary/octet-stream',
    'text/plain',
  ])('is read from a .json.gz file of the type %s', async (type) => {
    upstream.answer('csc', faults.raw(gzipSync(json), { 'content-type': type }));
    expect((await get()).body).toHaveLength(1000);
    upstream.answer('csc', faults.raw(json, { 'content-type': type }));
    expect((await get()).body).toHaveLength(1000);
  });

  test.each(['application/json', 'application/vnd.api+json', 'text/plain; charset=utf-8', ''])(
    'is read when its type is "%s"',
    async (type) => {
      upstream.answer('csc', faults.wrongType(type));
      expect((await get()).body).toHaveLength(250);
    },
  );

  test('may begin with a byte order mark', async () => {
    upstream.answer('csc', faults.raw('\ufeff["Curaçao"]'));
    expect((await get()).body).toEqual(['Curaçao']);
  });

  test('has the validators of its headers, unless they could not be sent back', async () => {
    upstream.answer(
      'csc',
      faults.body([], { etag: '"1"', 'last-modified': 'some day' }),
      faults.body([], { etag: '"\u00e9"', 'last-modified': 'x'.repeat(513) }),
      faults.body([]),
    );
    expect(await get()).toMatchObject({ etag: '"1"', lastModified: 'some day' });
    expect(await get()).toMatchObject({ etag: null, lastModified: null });
    expect(await get()).toMatchObject({ etag: null, lastModified: null });
  });

  test('may be behind three redirects', async () => {
    const { redirectTo, good } = faults;
    upstream.answer('csc', redirectTo('?hop=1'), redirectTo('?hop=2'), redirectTo('?hop=3'), good());
    expect((await get()).body).toHaveLength(250);
  });

  test('names its address without user, password and query', async () => {
    const { host, pathname } = new URL(upstream.urls.csc);
    const answer = await get(`http://user:pw@${host}${pathname}?key=secret`);
    expect(answer.url).toBe(`http://${host}${pathname}`);
  });
});
