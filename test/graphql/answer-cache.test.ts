import { expect, it } from 'vitest';
import { AnswerCache } from '../../src/graphql/answer-cache.js';
import { Answer } from '../../src/graphql/response.js';

const whole = (text = '1') => new Answer(200, {}, `{"data":{"a":${text}}}`, {});
const failed = () => new Answer(200, {}, '{"errors":[],"data":{}}', {});

function createCache({
  maxBytes = 10_000,
  version = () => 1,
}: {
  maxBytes?: number;
  version?: () => number;
} = {}) {
  return new AnswerCache({ maxBytes, dataVersion: { current: version } });
}

it('gives what is kept until the data change', async () => {
  let version = 1;
  const cache = createCache({ version: () => version });
  const first = whole();
  expect(await cache.get('q', async () => first)).toEqual({ answer: first, hit: false });
  expect(await cache.get('q', async () => whole())).toEqual({ answer: first, hit: true });
  version = 2;
  expect(await cache.get('q', async () => whole())).toMatchObject({ hit: false });
});

it('does not keep what was begun with data that are gone', async () => {
  let version = 1;
  const cache = createCache({ version: () => version });
  const { promise, resolve: finish } = deferred<Answer>();
  const slow = cache.get('q', () => promise);
  await expect.poll(() => cache.counts.misses).toBe(1);
  version = 2;
  const fresh = whole('2');
  expect(await cache.get('q', async () => fresh)).toEqual({ answer: fresh, hit: false });
  finish(whole());
  await slow;
  expect(await cache.get('q', async () => whole())).toEqual({ answer: fresh, hit: true });
});

it('runs once what many ask at the same time', async () => {
  const cache = createCache();
  const all = Array.from({ length: 20 }, () => cache.get('q', async () => whole()));
  const hits = (await Promise.all(all)).map((kept) => kept?.hit);
  expect(hits.filter((hit) => !hit)).toHaveLength(1);
  expect(cache.counts).toEqual({ hits: 19, misses: 1 });
});

it('gives nobody the error of somebody else', async () => {
  const cache = createCache();
  const erring = cache.get('q', async () => failed());
  const throwing = cache.get('r', () => Promise.reject(new Error('hung up')));
  const joined = await Promise.all([
    cache.get('q', async () => whole()),
    cache.get('r', async () => whole()),
  ]);
  expect(joined).toMatchObject([{ hit: false }, { hit: false }]);
  await erring;
  await expect(throwing).rejects.toThrow('hung up');
});

it('keeps no more than it may', async () => {
  const cache = createCache({ maxBytes: 5_000 });
  for (let at = 0; at < 100; at++) await cache.get(`q${at}`, async () => whole(`"${'x'.repeat(200)}"`));
  expect(await cache.get('q0', async () => whole())).toMatchObject({ hit: false });
  expect(await cache.get('q99', async () => whole())).toMatchObject({ hit: true });
});

it('keeps nothing when it is told so, or when nobody knows which data are served', async () => {
  expect(await createCache({ maxBytes: 0 }).get('q', async () => whole())).toBeNull();
  const unknown = () => {
    throw new Error('database gone');
  };
  expect(await createCache({ version: unknown }).get('q', async () => whole())).toBeNull();
});

function deferred<T>() {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value: T) => settle(value) };
}
