import { describe, expect, test } from 'vitest';
import { restCountries } from '../../src/sources/restcountries.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { API_KEY } from '../upstream/upstream.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const fetchWith = (apiKey: string | undefined = API_KEY) =>
  restCountries.fetch(ask(http, upstream.urls.restcountries, { apiKey }));

const queries = () => upstream.requests('restcountries').map(({ url }) => new URL(url ?? '', 'http://x').searchParams);

describe('the pages', () => {
  test('are requested with a hundred countries each, all but the first at once', async () => {
    upstream.answer('restcountries', faults.good(), faults.late(100), faults.late(100));
    await fetchWith();
    expect(queries().map((query) => [query.get('limit'), query.get('offset')])).toEqual([
      ['100', '0'],
      ['100', '100'],
      ['100', '200'],
    ]);
    expect(queries()[0]?.get('response_fields')).toContain('codes.alpha_2');
  });

  test('are as many as the plan requires', async () => {
    upstream.answer('restcountries', pagesOf(25));
    expect((await fetchWith()).records).toHaveLength(250);
    expect(upstream.requests('restcountries')).toHaveLength(10);
  });

  test('must be complete together', async () => {
    upstream.answer('restcountries', faults.good(), faults.good(), emptyPage);
    await expect(fetchWith()).rejects.toMatchObject({
      reason: 'only 200 of 250 announced countries were sent',
    });
  });

  test('must not be endless', async () => {
    upstream.answer('restcountries', faults.body({ data: { objects: [{}], meta: { total: 1e9 } } }));
    await expect(fetchWith()).rejects.toMatchObject({ reason: 'the answer is not a page of countries' });
    expect(upstream.requests('restcountries')).toHaveLength(1);
  });

  test('fail together when one fails', async () => {
    upstream.answer('restcountries', faults.good(), faults.status(403, {}, quotaUsedUp));
    await expect(fetchWith()).rejects.toMatchObject({ reason: 'HTTP 403 Forbidden: "Quota used up"' });
  });
});

describe('the key', () => {
  test('goes into the header', async () => {
    await fetchWith();
    expect(upstream.requests('restcountries')[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });

  test.each([undefined, ''])('must be there (%s)', async (apiKey) => {
    const request = ask(http, upstream.urls.restcountries, { apiKey });
    await expect(restCountries.fetch(request)).rejects.toMatchObject({
      source: 'restcountries',
      reason: 'it needs a key: set REST_COUNTRIES_API_KEY',
    });
    expect(upstream.requests('restcountries')).toHaveLength(0);
  });

  test('that is wrong is reported in the words of the source', async () => {
    await expect(fetchWith('wrong')).rejects.toMatchObject({
      reason: 'HTTP 401 Unauthorized: "Invalid or missing API key."',
    });
  });
});

test('the official name comes with the name', async () => {
  const { records } = await fetchWith();
  expect(records.find((record) => record.code === 'CH')?.officialName).toBe('Swiss Confederation');
});

const quotaUsedUp = { errors: [{ message: 'Quota used up' }] };

const emptyPage = faults.body({ data: { objects: [], meta: { total: 250 } } });

/** A server that sends fewer countries per page than it was asked for. */
const pagesOf =
  (limit: number): Handler =>
  (exchange) => {
    exchange.url.searchParams.set('limit', String(limit));
    faults.good()(exchange);
  };
