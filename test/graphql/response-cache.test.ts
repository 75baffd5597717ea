import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SerializedResponse } from '../../src/graphql/response.js';
import { ResponseCache } from '../../src/graphql/response-cache.js';

const whole = (text = '1') => new SerializedResponse(200, {}, `{"data":{"a":${text}}}`, {});
const failed = () => new SerializedResponse(200, {}, '{"errors":[],"data":{}}', {});

function createCache({ maxBytes = 100_000, version = () => 1 }: { maxBytes?: number; version?: () => number } = {}) {
  return new ResponseCache(maxBytes, version);
}

it('gives what is cached until the data change', async () => {
  let version = 1;
  const cache = createCache({ version: () => version });
  const first = whole();
  expect(await get(cache, 'q', async () => first)).toEqual({ response: first, isHit: false });
  expect(await get(cache, 'q', async () => whole())).toEqual({ response: first, isHit: true });
  version = 2;
  expect(await get(cache, 'q', async () => whole())).toMatchObject({ isHit: false });
});

it('does not cache what was begun with data that have since changed', async () => {
  let version = 1;
  const cache = createCache({ version: () => version });
  const { promise, resolve: finish } = deferred<SerializedResponse>();
  const slow = get(cache, 'q', () => promise);
  await expect.poll(() => cache.counts.misses).toBe(1);
  version = 2;
  const fresh = whole('2');
  expect(await get(cache, 'q', async () => fresh)).toEqual({ response: fresh, isHit: false });
  finish(whole());
  await slow;
  expect(await get(cache, 'q', async () => whole())).toEqual({ response: fresh, isHit: true });
});

it('runs once what many request at the same time', async () => {
  const cache = createCache();
  const all = Array.from({ length: 20 }, () => get(cache, 'q', async () => whole()));
  const hits = (await Promise.all(all)).map((cached) => cached?.isHit);
  expect(hits.filter((hit) => !hit)).toHaveLength(1);
  expect(cache.counts).toEqual({ hits: 19, misses: 1 });
});

it('shares no errors', async () => {
  const cache = createCache();
  const erring = get(cache, 'q', async () => failed());
  const throwing = get(cache, 'r', () => Promise.reject(new Error('hung up')));
  const joined = await Promise.all([get(cache, 'q', async () => whole()), get(cache, 'r', async () => whole())]);
  expect(joined).toMatchObject([{ isHit: false }, { isHit: false }]);
  await erring;
  await expect(throwing).rejects.toThrow('hung up');
});

it('holds no more than its bound', async () => {
  const cache = createCache({ maxBytes: 20_000 });
  for (let at = 0; at < 100; at++) await get(cache, `q${at}`, async () => whole(`"${'x'.repeat(200)}"`));
  expect(await get(cache, 'q0', async () => whole())).toMatchObject({ isHit: false });
  expect(await get(cache, 'q99', async () => whole())).toMatchObject({ isHit: true });
});

it('caches nothing when it is disabled, or when the version of the data is unknown', async () => {
  expect(await get(createCache({ maxBytes: 0 }), 'q', async () => whole())).toBeNull();
  const unknown = () => {
    throw new Error('database gone');
  };
  expect(await get(createCache({ version: unknown }), 'q', async () => whole())).toBeNull();
});

it('abandons an execution when all who wait for it have gone, and not before', async () => {
  const cache = createCache();
  const gone = [false, false];
  const { promise, resolve: finish } = deferred<SerializedResponse>();
  let isAbandoned = () => false;
  const first = cache.get(
    'q',
    () => gone[0] === true,
    (abandoned) => {
      isAbandoned = abandoned;
      return promise;
    },
  );
  await expect.poll(() => cache.counts.misses).toBe(1);
  const second = cache.get(
    'q',
    () => gone[1] === true,
    async () => failed(),
  );
  await nextTurn();
  gone[0] = true;
  expect(isAbandoned()).toBe(false);
  gone[1] = true;
  expect(isAbandoned()).toBe(true);
  gone[1] = false;
  finish(whole());
  expect((await second)?.response).toBe((await first)?.response);
});

it('finds a response by the text of a request as long as it is cached', async () => {
  let version = 1;
  const cache = createCache({ version: () => version });
  cache.addAlias('text', 'q');
  expect(cache.findByAlias('text')).toBeUndefined();
  const cached = await get(cache, 'q', async () => whole());
  cache.addAlias('text', 'q');
  expect(cache.findByAlias('text')).toBe(cached?.response);
  version = 2;
  expect(cache.findByAlias('text')).toBeUndefined();
});

it('counts what leads to a response', async () => {
  const cache = createCache({ maxBytes: 64_000 });
  await get(cache, 'q', async () => big());
  cache.addAlias('b'.repeat(2_000), 'q');
  // The response has to make room for it: what is left does not fit next to it.
  expect(await get(cache, 'q', async () => big())).toMatchObject({ isHit: false });
});

it('counts the compressed forms of a response, whichever request they were made for', async () => {
  const cache = createCache({ maxBytes: 140_000 });
  // Of text that hardly compresses: both fit, but not with another form of one of them.
  const [one, other] = [big(), big()];
  await get(cache, 'q', async () => one);
  cache.addAlias('text', 'q');
  await get(cache, 'r', async () => other);
  const plain = one.size;
  await cache.findByAlias('text')?.body('gzip');
  expect(one.size).toBeGreaterThan(plain + 20_000);
  expect(await get(cache, 'r', async () => whole())).toMatchObject({ isHit: false });
});

const big = () => whole(`"${randomBytes(30_000).toString('hex')}"`);
const stays = () => false;

function get(cache: ResponseCache, key: string, execute: () => Promise<SerializedResponse>) {
  return cache.get(key, stays, execute);
}

function deferred<T>() {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value: T) => settle(value) };
}
