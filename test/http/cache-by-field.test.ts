import { afterEach, describe, expect, test, vi } from 'vitest';
import { DATA_FIELDS } from '../../src/graphql/execute.js';
import { createSchema } from '../../src/graphql/schema.js';
import { addressOf, get } from './get.js';
import { queriesOfAllFields } from './schema-fields.js';
import { serve } from './serve.js';

const PUBLIC = /^public, max-age=\d+, s-maxage=\d+, stale-while-revalidate=\d+, stale-if-error=86400$/;

/** Reached only from what depends on the caller, the clock or the state of the process. */
const LIVE_TYPES = new Set([
  'Status',
  'Refresh',
  'RefreshPhase',
  'RefreshWarning',
  'RefreshFailure',
  'FieldChange',
  'SourceUse',
  'RemovedCountry',
  'DataLicence',
]);

const ALL_FIELDS = queriesOfAllFields(createSchema());
/** By the shortest query, which comes last. */
const EACH_FIELD = [
  ...new Map(
    ALL_FIELDS.toSorted((a, b) => b.query.length - a.query.length).map((it) => [
      `${DATA_FIELDS.has(it.root)} ${it.field}`,
      it,
    ]),
  ).values(),
];
const DATA = EACH_FIELD.filter(({ root }) => DATA_FIELDS.has(root));

afterEach(() => vi.useRealTimers());

describe('every field of the schema', async () => {
  const app = await serve({ ANSWER_CACHE_MB: '0', CACHE_MAX_AGE: '604800', QUERY_MAX_COST: '1000000' });

  test('is classified: no data field leads to what depends on more than the data', () => {
    const reached = new Set(DATA.map(({ type }) => type));
    expect([...LIVE_TYPES].filter((type) => reached.has(type))).toEqual([]);
    const objects = ALL_FIELDS.filter(({ query }) => query.includes('__typename')).map(({ type }) => type);
    expect(objects.filter((type) => !reached.has(type) && !LIVE_TYPES.has(type))).toEqual([]);
    expect([...LIVE_TYPES].filter((type) => !objects.includes(type))).toEqual([]);
  });

  test('may be kept by shared caches if it belongs to the data, and otherwise by none', async () => {
    expect(EACH_FIELD.length).toBeGreaterThan(200);
    for (const { root, query } of EACH_FIELD) {
      const { headers, text } = await get(app.url + addressOf(query));
      expect(text, query).toMatch(/^\{"data"/);
      expect(headers.get('cache-control'), query).toMatch(DATA_FIELDS.has(root) ? PUBLIC : /^no-store$/);
      expect(headers.has('etag'), query).toBe(DATA_FIELDS.has(root));
    }
  });

  test('may also be kept below an id, unless it is that of a refresh', async () => {
    const { id } = await app.context.services.refreshes.start().done;
    const cacheControlOf = async (query: string) =>
      (await get(app.url + addressOf(query))).headers.get('cache-control');
    expect(await cacheControlOf('{ node(id: "CH") { id ... on Country { name } } }')).toMatch(PUBLIC);
    expect(await cacheControlOf(`{ node(id: "${id}") { id } }`)).toBe('no-store');
    expect(await cacheControlOf(`{ nodes(ids: ["CH", "${id}"]) { id } }`)).toBe('no-store');
    expect(await cacheControlOf(`{ country(code: "CH") { code } node(id: "${id}") { id } }`)).toBe('no-store');
  });

  test('is the same for every caller if it belongs to the data', async () => {
    const caller = {
      'user-agent': 'another',
      'accept-language': 'fr',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'evil.example',
      authorization: 'Bearer of-another',
      cookie: 'a=b',
      origin: 'https://evil.example',
    };
    for (const { query } of DATA) {
      const [one, other] = [await get(app.url + addressOf(query)), await get(app.url + addressOf(query), caller)];
      expect(other.text, query).toBe(one.text);
      expect(other.headers.get('etag')).toBe(one.headers.get('etag'));
    }
  });

  test.each([
    // The lev became the euro at midnight.
    ['2025-12-31T23:58:00Z', 120],
    ['2026-03-01T12:00:00Z', 604_800],
    ['2027-02-28T23:59:30Z', 604_800],
  ])('is the same for as long as it may be kept if it belongs to the data: from %s for %i s', async (now, seconds) => {
    const lev = '{ country(code: "BG") { currency { code } } }';
    const askAt = async (time: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: time });
      const texts = new Map<string, string>();
      for (const query of [lev, ...DATA.map(({ query }) => query)]) {
        const { headers, text } = await get(app.url + addressOf(query));
        texts.set(query, text);
        if (time === start) expect(headers.get('cache-control')).toContain(`s-maxage=${seconds},`);
      }
      return texts;
    };
    const start = Date.parse(now);
    const first = await askAt(start);
    expect(await askAt(start + seconds * 1000 - 1)).toEqual(first);
    if (seconds === 120) expect((await askAt(start + seconds * 1000)).get(lev)).not.toBe(first.get(lev));
  });
});
