import { describe, expect, test } from 'vitest';
import * as faults from '../upstream/faults.js';
import { withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const get = (signal = AbortSignal.timeout(10_000)) =>
  http.getJson({ source: 'csc', url: upstream.urls.csc, signal, timeoutMs: 10_000 });

describe('a retry', () => {
  test.each([429, 500, 502, 503, 504])('follows HTTP %i', async (code) => {
    upstream.answer('csc', faults.status(code), faults.status(code), faults.good());
    expect((await get()).body).toHaveLength(250);
    expect(upstream.requests('csc')).toHaveLength(3);
  });

  test('follows a cut connection', async () => {
    upstream.answer('csc', faults.reset(), faults.halfBody(), faults.good());
    expect((await get()).body).toHaveLength(250);
  });

  test('is made twice and no more', async () => {
    upstream.answer('csc', faults.status(503));
    await expect(get()).rejects.toMatchObject({ reason: 'HTTP 503 Service Unavailable: "not today"' });
    expect(upstream.requests('csc')).toHaveLength(3);
  });

  test.each([400, 401, 403, 404, 422])('does not follow HTTP %i', async (code) => {
    upstream.answer('csc', faults.status(code), faults.good());
    await expect(get()).rejects.toMatchObject({ reason: expect.stringContaining(`HTTP ${code}`) });
    expect(upstream.requests('csc')).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  test('is waited for when it is in seconds', async () => {
    upstream.answer('csc', faults.status(429, { 'retry-after': '1' }), faults.good());
    expect(await timeOf(() => get())).toBeGreaterThanOrEqual(990);
    expect(upstream.requests('csc')).toHaveLength(2);
  });

  test('is waited for when it is a date', async () => {
    // Dates have no milliseconds: this one is between one and two seconds away.
    const date = new Date(Date.now() + 2000).toUTCString();
    upstream.answer('csc', faults.status(503, { 'retry-after': date }), faults.good());
    expect(await timeOf(() => get())).toBeGreaterThanOrEqual(900);
    expect(upstream.requests('csc')).toHaveLength(2);
  });

  test('ends the attempts at once when there is not that much time', async () => {
    upstream.answer('csc', faults.status(429, { 'retry-after': '1200' }), faults.good());
    await expect(get()).rejects.toMatchObject({ reason: 'HTTP 429 Too Many Requests: "not today"' });
    expect(upstream.requests('csc')).toHaveLength(1);
  });

  test('leaves the refusal as the reason when the time runs out during the wait', async () => {
    upstream.answer('csc', faults.status(429, { 'retry-after': '5' }), faults.good());
    await expect(get(AbortSignal.timeout(600))).rejects.toMatchObject({
      reason: 'HTTP 429 Too Many Requests: "not today"',
    });
    expect(upstream.requests('csc')).toHaveLength(1);
  });

  test.each(['soon', '-5'])('is ignored when it is "%s"', async (value) => {
    upstream.answer('csc', faults.status(429, { 'retry-after': value }), faults.good());
    expect((await get()).body).toHaveLength(250);
  });
});

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
