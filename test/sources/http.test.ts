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

  test('takes its key to the host that it is meant for, and to no other', async () => {
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
