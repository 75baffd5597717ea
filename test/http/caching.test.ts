import { createHash } from 'node:crypto';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { createCacheControl } from '../../src/http/caching.js';
import { addressOf, get } from './get.js';
import { serve } from './serve.js';

const cacheControlOf = async (url: string, headers: Record<string, string> = {}) =>
  (await get(url, headers)).headers.get('cache-control');

describe('a response to a data query by GET', async () => {
  const app = await serve({ RATE_LIMIT: '100000', CORS_ORIGINS: 'https://a.example,https://b.example' });
  const long = addressOf('{ countries { nodes { code name } } }');
  const short = addressOf('{ country(code: "CI") { code } }');

  test('names what it depends on, and nothing of the client', async () => {
    const { headers } = await get(app.url + long);
    expect(headers.get('vary')).toBe('Origin, accept-encoding, accept');
    expect(headers.get('etag')).toMatch(/^W\/"[\w-]{43}"$/);
    expect([...headers.keys()].filter((name) => /ratelimit|cookie/.test(name))).toEqual([]);
    expect((await get(app.url + short)).headers.get('vary')).toBe('Origin, accept');
  });

  test('has the ETag of its content', async () => {
    const again = await serve();
    for (const address of [long, short]) {
      const { headers, text } = await get(app.url + address);
      const tag = headers.get('etag');
      expect(tag).toBe(`W/"${createHash('sha256').update(text).digest('base64url')}"`);
      const zipped = await get(app.url + address, { 'accept-encoding': 'gzip' });
      expect(zipped.headers.get('etag')).toBe(tag);
      expect(zipped.text).toBe(text);
      expect((await get(again.url + address)).headers.get('etag')).toBe(tag);
    }
    expect((await get(app.url + short)).headers.get('etag')).not.toBe((await get(app.url + long)).headers.get('etag'));
  });

  test('goes without a body to a client that has it, however the client says so', async () => {
    const namesOf = (headers: Headers) =>
      [...headers.keys()].filter((name) => /^(content-[elt]|etag|cache|vary)/.test(name));
    for (const address of [long, short]) {
      const { headers } = await get(app.url + address);
      const tag = headers.get('etag') ?? '';
      for (const given of [tag, tag.slice(2), `"other", ${tag}`, `${tag},"other"`, '*']) {
        const known = await get(app.url + address, { 'if-none-match': given });
        expect(known).toMatchObject({ status: 304, text: '' });
        expect(namesOf(known.headers)).toEqual(['cache-control', 'etag', 'vary']);
        for (const name of ['etag', 'cache-control', 'vary']) expect(known.headers.get(name)).toBe(headers.get(name));
      }
      for (const other of ['"other"', tag.slice(3, -1), '', 'W/', `${tag}x`, 'x'.repeat(8_000)]) {
        expect((await get(app.url + address, { 'if-none-match': other })).status).toBe(200);
      }
    }
  });

  test('is for the client alone when it was asked for with a token', async () => {
    const { headers } = await get(app.url + long, { authorization: 'Bearer x' });
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  test('has the same headers with HEAD', async () => {
    const lasting = ({ headers }: Awaited<ReturnType<typeof get>>) =>
      [...headers].filter(([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name));
    await get(app.url + long);
    const head = await get(app.url + long, {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(lasting(head)).toEqual(lasting(await get(app.url + long)));
    const mutation = addressOf('mutation { deleteCountry(code: "CI") { code } }');
    expect((await get(app.url + mutation, {}, 'HEAD')).status).toBe(405);
    expect((await get(app.url + short)).text).toContain('"CI"');
  });

  test('is confirmed without Apollo and without the database', async () => {
    const own = await serve();
    const history = (from: string) =>
      addressOf(`{ currency(code: "CHF") { history(from: "${from}", to: "2099-12-31") { rate } } }`);
    const tag = (await get(own.url + history('1999-01-01'))).headers.get('etag') ?? '';
    await own.context.database.kysely.schema.dropTable('exchange_rates').execute();
    expect((await get(own.url + history('1999-01-02'))).text).toContain('INTERNAL_SERVER_ERROR');
    const { hits, misses } = own.context.responses.counts;
    const known = await get(own.url + history('1999-01-01'), { 'if-none-match': tag });
    expect([known.status, known.headers.get('x-cache')]).toEqual([304, 'hit']);
    expect(own.context.responses.counts).toEqual({ hits: hits + 1, misses });
  });

  test('has another ETag after a refresh that changed it, and the same after one that did not', async () => {
    const own = await serve();
    const refreshed = addressOf('{ country(code: "CI") { lastRefreshedAt } }');
    const [name, time] = [await get(own.url + short), await get(own.url + refreshed)];
    await own.context.services.refreshes.start().done;
    const tagOf = ({ headers }: Awaited<ReturnType<typeof get>>) => headers.get('etag') ?? '';
    expect((await get(own.url + short, { 'if-none-match': tagOf(name) })).status).toBe(304);
    expect((await get(own.url + refreshed, { 'if-none-match': tagOf(time) })).status).toBe(200);
  });
});

describe('the picture', async () => {
  const app = await serve({ CACHE_MAX_AGE: '30' });

  test('may also be kept, and is confirmed by its ETag', async () => {
    const { status, headers } = await get(`${app.url}/countries/image`);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toMatch(/^public, max-age=30, s-maxage=30, stale-while-revalidate=30,/);
    // Not with fetch, which adds Cache-Control: no-cache.
    const known = await request(`${app.url}/countries/image`, {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect([known.statusCode, await known.body.text()]).toEqual([304, '']);
    expect(known.headers['cache-control']).toBe(headers.get('cache-control'));
  });

  test('is kept by no cache when the request for it fails', async () => {
    expect(await get(`${app.url}/countries/image`, { 'if-match': '"other"' })).toMatchObject({ status: 412 });
    expect(await cacheControlOf(`${app.url}/countries/image`, { 'if-match': '"other"' })).toBe('no-store');
  });
});

describe('no cache keeps', async () => {
  const app = await serve({ RATE_LIMIT: '1000', BODY_MAX_KB: '1' });

  test.each([
    ['a syntax error', addressOf('{'), 200],
    ['a query that is refused', addressOf('{ nothing }'), 200],
    ['an error next to data', addressOf('{ convert(amount: 1, from: "CHF", to: ["CHF", "XXX"]) { result } }'), 200],
    ['an unknown persisted query', `/graphql?${unknownQuery()}`, 200],
    ['a mutation by GET', addressOf('mutation { refreshCountries { id } }'), 405],
    [
      'a query of everything together with what depends on the moment',
      addressOf('{ __typename status { stale } }'),
      200,
    ],
    [
      'what depends on the moment, inside a fragment',
      addressOf('{ ...a } fragment a on Query { status { stale } }'),
      200,
    ],
    ['no query', '/graphql', 400],
    ['a file with a wrong parameter', '/data/rates.csv?base=X', 400],
    ['an unknown path', '/nothing', 404],
    ['health', '/health', 200],
    ['readiness', '/ready', 200],
    ['metrics', '/metrics', 200],
  ])('%s', async (_, path, status) => {
    const response = await get(app.url + path);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.has('etag')).toBe(false);
    expect(response.status).toBe(status);
  });

  test('the landing page, a method that is not served, POST, and a client over its limit', async () => {
    const one = await serve({ RATE_LIMIT: '4' });
    expect(await cacheControlOf(`${one.url}/graphql`, { accept: 'text/html' })).toBe('no-store');
    expect((await get(`${one.url}/graphql`, {}, 'PUT')).headers.get('cache-control')).toBe('no-store');
    const body = { method: 'POST', body: '{"query":"{__typename}"}', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${one.url}/graphql`, body)).headers.get('cache-control')).toBe('no-store');
    const refused = async () => {
      const { status, headers } = await get(one.url + addressOf('{ __typename }'));
      return [status, headers.get('cache-control')];
    };
    await expect.poll(refused).toEqual([429, 'no-store']);
  });
});

function unknownQuery(): URLSearchParams {
  return new URLSearchParams({
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } }),
  });
}

describe('the time for which shared caches keep responses', () => {
  const at = (time: string) => Date.parse(`2026-11-28T${time}Z`);
  const secondsAt = (now: number, more: { maxAge?: number; schedule?: string; last?: string | null } = {}) => {
    const { maxAge, schedule, last = '2026-11-28T06:16:00.000Z' } = more;
    const snapshots = { latest: { lastRefresh: last === null ? null : { id: '', finishedAt: last } }, unansweredMs };
    const header = createCacheControl({ maxAge, schedule, snapshots })(now);
    return Number(/s-maxage=(\d+)/.exec(header)?.[1] ?? Number.NaN);
  };
  const unansweredMs = () => null;
  const daily = '15 6 * * *';

  test('ends when the next refresh may begin', () => {
    expect(secondsAt(at('12:00:00'), { schedule: daily })).toBe(18 * 3600 + 15 * 60);
    expect(secondsAt(at('12:00:00'), { schedule: '0 * * * *', last: '2026-11-28T11:02:00.000Z' })).toBe(60);
    expect(secondsAt(at('12:10:00'), { schedule: '0 * * * *', last: '2026-11-28T12:02:00.000Z' })).toBe(50 * 60);
  });

  test('is a minute while a refresh is due, has failed, or nothing has been refreshed yet', () => {
    const yesterday = '2026-11-27T06:16:00.000Z';
    for (const time of ['06:15:01', '06:19:59', '09:00:00', '23:00:00']) {
      expect(secondsAt(at(time), { schedule: daily, last: yesterday })).toBe(60);
    }
    expect(secondsAt(at('12:00:00'), { schedule: daily, last: null })).toBe(60);
    expect(secondsAt(at('06:14:50'), { schedule: daily, last: yesterday })).toBe(60);
  });

  test('is a minute after new data arrive, as older data may be under way, and while the database is away', () => {
    const of = (finishedAt: string) => ({ lastRefresh: { id: '', finishedAt } });
    let isAway = false;
    const snapshots = { latest: of('2026-11-27T06:16:00.000Z'), unansweredMs: () => (isAway ? 1 : null) };
    const cacheControl = createCacheControl({ maxAge: undefined, schedule: daily, snapshots });
    const seconds = (time: string) => Number(/s-maxage=(\d+)/.exec(cacheControl(at(time)))?.[1]);
    expect(seconds('06:10:00')).toBe(300);
    snapshots.latest = of('2026-11-28T06:16:00.000Z');
    expect([seconds('06:16:01'), seconds('06:17:00')]).toEqual([60, 60]);
    expect(seconds('06:18:00')).toBe(23 * 3600 + 57 * 60);
    isAway = true;
    expect(seconds('06:18:01')).toBe(60);
  });

  test('is a minute when the last refresh ended in the future: a clock is wrong', () => {
    expect(secondsAt(at('12:00:00'), { schedule: daily, last: '2027-11-28T06:16:00.000Z' })).toBe(60);
  });

  test('does not wait for a refresh that the schedule skips', () => {
    expect(secondsAt(at('07:15:00'), { schedule: daily, last: '2026-11-28T04:00:00.000Z' })).toBe(23 * 3600);
  });

  test('is at most a day by default, five minutes without a schedule, or what the operator sets', () => {
    expect(secondsAt(at('12:00:00'), { schedule: '0 0 1 1 *', last: '2026-01-01T00:01:00.000Z' })).toBe(86_400);
    expect(secondsAt(at('12:00:00'))).toBe(300);
    expect(secondsAt(at('12:00:00'), { schedule: '0 0 0 1 1 * 2025' })).toBe(300);
    expect(secondsAt(at('12:00:00'), { schedule: daily, maxAge: 7 })).toBe(7);
    expect(createCacheControl({ maxAge: 0, schedule: daily, snapshots: { latest: undefined, unansweredMs } })()).toBe(
      'no-cache',
    );
  });

  test('is a minute for browsers, which cannot be purged', () => {
    const header = createCacheControl({
      maxAge: 3600,
      schedule: undefined,
      snapshots: { latest: undefined, unansweredMs },
    });
    expect(header()).toBe('public, max-age=60, s-maxage=3600, stale-while-revalidate=60, stale-if-error=86400');
  });
});
