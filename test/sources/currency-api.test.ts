import { describe, expect, test } from 'vitest';
import { currencyApi, fetchFromHosts } from '../../src/sources/currency-api.js';
import type { SourceRequest } from '../../src/sources/source.js';
import * as faults from '../upstream/faults.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const fetchFromBoth = (options: Partial<SourceRequest> = {}) =>
  fetchFromHosts([upstream.urls['currency-api'], upstream.urls['currency-api-mirror']], ask(http, undefined, options));

const requests = () => [upstream.requests('currency-api').length, upstream.requests('currency-api-mirror').length];

describe('the second host', () => {
  test('is left alone when the first has the answer', async () => {
    const { use } = await fetchFromBoth();
    expect(use.url).toBe(upstream.urls['currency-api']);
    expect(requests()).toEqual([1, 0]);
  });

  test.each([
    ['refuses', faults.status(403), 1],
    ['stays out of order', faults.status(503), 3],
    ['answers with a page', faults.html(), 1],
    ['is thin', faults.few(10), 1],
    ['has no day', faults.edited((answer) => ({ ...(answer as object), date: '2026-13-01' })), 1],
  ] as const)('is asked when the first %s', async (_, handler, tries) => {
    upstream.answer('currency-api', handler);
    const { use, records } = await fetchFromBoth();
    expect(use.url).toBe(upstream.urls['currency-api-mirror']);
    expect(records.length).toBeGreaterThan(100);
    expect(requests()).toEqual([tries, 1]);
  });

  test('is asked after half of the time when the first hangs', async () => {
    upstream.answer('currency-api', faults.silence());
    const { use } = await fetchFromBoth({ timeoutMs: 2000 });
    expect(use.url).toBe(upstream.urls['currency-api-mirror']);
  });

  test('is not asked when the refresh is cancelled', async () => {
    upstream.answer('currency-api', faults.silence());
    const controller = new AbortController();
    const pending = fetchFromBoth({ signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toMatchObject({ reason: 'cancelled' });
    expect(requests()[1]).toBe(0);
  });

  test('fails together with the first, each for its reason', async () => {
    const { host } = new URL(upstream.urls['currency-api']);
    upstream.answer('currency-api', faults.status(404));
    upstream.answer('currency-api-mirror', faults.html());
    await expect(fetchFromBoth()).rejects.toMatchObject({
      source: 'currency-api',
      reason: `${host}: HTTP 404 Not Found: "not today"; ${host}: answered "text/html" instead of JSON`,
    });
  });
});

test('an address in the settings replaces both hosts', async () => {
  upstream.answer('currency-api', faults.status(404));
  await expect(currencyApi.fetch(ask(http, upstream.urls['currency-api']))).rejects.toMatchObject({
    reason: 'HTTP 404 Not Found: "not today"',
  });
});

test('a past day is at the address of that day', async () => {
  const url = upstream.urls['currency-api'].replace('@latest', '@2026-09-01');
  const { records, use } = await currencyApi.fetch(ask(http, url));
  expect(records).toContainEqual({ currency: 'CHF', rate: 0.7974, observedOn: '2026-09-01' });
  expect(use.observedAt).toBe('2026-09-01');
});

test('cryptocurrencies, metals and the money of the past are counted, but not kept', async () => {
  const { records, received, warnings } = await currencyApi.fetch(ask(http, upstream.urls['currency-api']));
  expect(received).toBe(records.length + 6);
  expect(warnings).toEqual([]);
});
