import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_FIELDS } from '../../src/graphql/execute.js';
import { createSchema } from '../../src/graphql/schema.js';
import { startApp, type TestApp } from '../app.js';
import { describeOneDatabase } from '../databases.js';
import { runs } from '../runs.js';
import { randomQuery } from './random-query.js';

const REFRESH = 'mutation { refreshCountries { state } }';

describe('cached responses', () => {
  describeOneDatabase('mysql', (open) => {
    let app: TestApp;
    let uncached: TestApp;
    beforeAll(async () => {
      const { url } = await open();
      app = await startApp(url);
      await app.post(REFRESH);
      // The picture's place in the report is written after the refresh, and counts as a write.
      await app.context.services.refreshes.drawn();
      uncached = await startApp(url, { ANSWER_CACHE_MB: '0' });
    });
    afterAll(async () => {
      await app.close();
      await uncached.close();
    });

    it('equal those of a server without a cache, byte for byte, in every encoding', async () => {
      const schema = createSchema();
      const encodings = fc.constantFrom('identity', 'gzip', 'br', 'gzip, deflate, br', 'deflate');
      await fc.assert(
        fc.asyncProperty(fc.gen(), encodings, async (any, encoding) => {
          const query = randomQuery(schema, any);
          const fresh = await ask(uncached, query, encoding);
          const known = await ask(uncached, query, encoding);
          const first = await ask(app, query, 'identity');
          const second = await ask(app, query, encoding);
          const repeated = await ask(app, query, encoding);
          expect(fresh.cache).toBeNull();
          if (!fresh.text.startsWith('{"data"')) {
            // Of several errors that discard the whole answer, those are reported that had occurred by then.
            for (const { text, cache } of [known, first, second, repeated]) {
              expect(text).toMatch(/^\{"errors"/);
              expect(cache).not.toBe('hit');
            }
            return;
          }
          expect(known).toEqual(fresh);
          expect(first.text).toBe(fresh.text);
          expect(second).toEqual({ ...fresh, cache: 'hit' });
          expect(repeated).toEqual(second);
        }),
        { numRuns: runs(60) },
      );
    });

    it('are dropped by a refresh and by a deletion, at once', async () => {
      const query = '{ country(code: "CH") { name lastRefreshedAt } }';
      const first = await ask(app, query);
      expect(await ask(app, query)).toMatchObject({ cache: 'hit', text: first.text });
      await app.post(REFRESH);
      const second = await ask(app, query);
      expect(second.cache).toBe('miss');
      expect(second.text).not.toBe(first.text);
      await app.post('mutation { deleteCountry(code: "CH") { code } }');
      expect(await ask(app, query)).toMatchObject({ cache: 'miss', text: '{"data":{"country":null}}\n' });
    });

    it('are dropped within a second when another process writes', async () => {
      const query = '{ country(code: "DE") { name } }';
      await ask(app, query);
      expect(await ask(app, query)).toMatchObject({ cache: 'hit' });
      await uncached.post('mutation { deleteCountry(code: "DE") { code } }');
      await delay(1_000);
      expect((await ask(app, query)).text).toContain('"country":null');
    });

    it('do not include errors, mutations, or what depends on more than the data', async () => {
      const live = [
        '{ status { totalCountries } }',
        '{ currency(code: "CHF") { code } ...more } fragment more on Query { status { version } }',
        '{ convert(amount: 1, from: "CHF", to: ["ZZZ"]) { result } }',
        'mutation { deleteCountry(code: "ZZ") { code } }',
        '{ country(code: ',
      ];
      for (const query of live) {
        const caches = [await ask(app, query), await ask(app, query)].map(({ cache }) => cache);
        expect(caches).not.toContain('hit');
      }
    });

    it('are told apart by variables, operation and media type', async () => {
      const query = 'query a($code: CountryCode) { country(code: $code) { code } } query b { __typename }';
      const bodies = [
        { query, operationName: 'a', variables: { code: 'FR' } },
        { query, operationName: 'a', variables: { code: 'IT' } },
        { query, operationName: 'b' },
      ];
      const wanted = ['"FR"', '"IT"', '"Query"'];
      for (const round of ['miss', 'hit']) {
        for (const [at, body] of bodies.entries()) {
          const answer = await send(app, body);
          expect(answer).toMatchObject({ cache: round, text: expect.stringContaining(wanted[at] as string) });
        }
      }
      const other = await send(app, bodies[0] as object, { accept: 'application/graphql-response+json' });
      expect(other).toMatchObject({ cache: 'miss', type: expect.stringContaining('graphql-response') });
    });

    it('serve a GET too', async () => {
      const url = `${app.url}/graphql?query=${encodeURIComponent('{ country(code: "PT") { code } }')}`;
      const caches = [await fetch(url), await fetch(url)].map(({ headers }) => headers.get('x-cache'));
      expect(caches).toEqual(['miss', 'hit']);
    });

    it('are made once for all requests that arrive at the same time', async () => {
      const { misses, hits } = app.context.responses.counts;
      const query = '{ countries { nodes { code name currency { code } } } }';
      const texts = await Promise.all(Array.from({ length: 20 }, async () => (await ask(app, query)).text));
      expect(new Set(texts).size).toBe(1);
      expect(app.context.responses.counts).toEqual({ misses: misses + 1, hits: hits + 19 });
    });
  });

  it('are for fields that were found to depend on the data alone', () => {
    const live = ['status', 'refresh', 'refreshes', 'removedCountries'];
    const fields = Object.keys(createSchema().getQueryType()?.getFields() ?? {});
    expect(fields.filter((name) => !DATA_FIELDS.has(name) && !live.includes(name))).toEqual([]);
  });
});

function ask(app: TestApp, query: string, encoding = 'identity') {
  return send(app, { query }, { 'accept-encoding': encoding });
}

async function send(app: TestApp, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    text: await response.text(),
    cache: response.headers.get('x-cache'),
    encoding: response.headers.get('content-encoding'),
    type: response.headers.get('content-type'),
  };
}
