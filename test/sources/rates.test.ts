import { describe, expect, test } from 'vitest';
import { ratesSources } from '../../src/sources/sources.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const NAMES = ['currency-api', 'open-er-api', 'frankfurter'] as const;

test('the names of the catalogue are those of the sources', () => {
  for (const [name, source] of Object.entries(ratesSources)) expect(source.name).toBe(name);
});

describe.each(NAMES)('%s', (name) => {
  const fetchRates = () => ratesSources[name].fetch(ask(http, upstream.urls[name]));
  const rateOf = async (currency: string) =>
    (await fetchRates()).records.find((record) => record.currency === currency);

  test('delivers the rates with their day', async () => {
    const { records, warnings, use } = await fetchRates();
    expect(records.length).toBe(name === 'frankfurter' ? ISO_QUOTED : ALL_QUOTED);
    expect(records).toContainEqual({ currency: 'CHF', rate: 0.7974, observedOn: '2026-09-29' });
    expect(records).toContainEqual({ currency: 'IRR', rate: 1_320_450.5, observedOn: '2026-09-29' });
    expect(warnings).toEqual([]);
    expect(use).toEqual({
      source: name,
      url: upstream.urls[name],
      observedAt: '2026-09-29',
      licence: ratesSources[name].licence,
      attribution: ratesSources[name].attribution,
      bundled: false,
    });
  });

  test('knows that a dollar is worth a dollar, stated or not', async () => {
    expect(await rateOf('USD')).toEqual({ currency: 'USD', rate: 1, observedOn: '2026-09-29' });
    delete upstream.facts.rates.USD;
    expect(await rateOf('USD')).toEqual({ currency: 'USD', rate: 1, observedOn: '2026-09-29' });
  });

  test.each([
    ['zero', 0, '"0"'],
    ['negative', -1.5, '"-1.5"'],
    ['text', '1.5', '"1.5"'],
    ['an object', { toString: 1 }, '"{"toString":1}"'],
  ])('rejects a rate that is %s, and keeps the others', async (_, rate, shown) => {
    upstream.facts.rates.CHF = rate as number;
    const { records, warnings } = await fetchRates();
    expect(records.some((record) => record.currency === 'CHF')).toBe(false);
    expect(records.length).toBeGreaterThan(100);
    expect(warnings).toEqual([
      {
        code: 'RATE_REJECTED',
        country: null,
        currency: 'CHF',
        message: `Rejected the rate of CHF: ${shown} is not a positive number`,
      },
    ]);
  });

  test.each([1e308, 1.1e12, 9e-10, 5e-324])('rejects an impossible rate: %s', async (rate) => {
    upstream.facts.rates.CHF = rate;
    const { records, warnings } = await fetchRates();
    expect(records.some((record) => record.currency === 'CHF')).toBe(false);
    expect(warnings.map(({ message }) => message)).toEqual([
      `Rejected the rate of CHF: ${rate} is not from 1e-9 to 1000000000000`,
    ]);
  });

  test('counts the rates without a value in one warning', async () => {
    Object.assign(upstream.facts.rates, { CHF: null, KWD: null, JPY: null });
    const { warnings } = await fetchRates();
    expect(warnings.map(({ message }) => message)).toEqual(['The source has no value for the rates of 3 currencies']);
  });

  test('ignores what is not a currency', async () => {
    Object.assign(upstream.facts.rates, { XAU: 0.0003, BTC: 0.00001, ZZZ: 5 });
    const { records, warnings } = await fetchRates();
    expect(records.filter(({ currency }) => ['XAU', 'BTC', 'ZZZ'].includes(currency))).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test.each<[string, Handler, string | RegExp]>([
    ['an HTML page', faults.html(), 'answered "text/html" instead of JSON'],
    ['a bare null', faults.body(null), /^the answer (has no rates|is not a list of rates)/],
    ['a thin answer', faults.few(12), /^only \d+ of \d+ records are usable, at least (100|20) are expected$/],
    ['an error with status 200', faults.body({ message: 'closed' }), 'the source reports an error: "closed"'],
  ])('refuses %s', async (_, handler, reason) => {
    upstream.answer(name, handler);
    const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason);
    await expect(fetchRates()).rejects.toMatchObject({ source: name, reason: expected });
  });
});

/** What the facts quote, and the part of it that Frankfurter passes on. */
const ALL_QUOTED = 166;
const ISO_QUOTED = 153;

/** Frankfurter does not quote the dollar in dollars. */
describe.each(['currency-api', 'open-er-api'] as const)('%s', (name) => {
  test.each([1.1, 5, 0, -1, '1', 1e308])('refuses rates in which the dollar is at %s', async (rate) => {
    upstream.facts.rates.USD = rate as number;
    await expect(ratesSources[name].fetch(ask(http, upstream.urls[name]))).rejects.toMatchObject({
      reason: `the rates are not for one US dollar: USD is "${JSON.stringify(rate).replaceAll('"', '')}"`,
    });
  });
});

describe('open-er-api', () => {
  const { fetch } = ratesSources['open-er-api'];
  const fetchEdited = (change: Record<string, unknown>) => {
    upstream.answer(
      'open-er-api',
      faults.edited((answer) => ({ ...(answer as object), ...change })),
    );
    return fetch(ask(http, upstream.urls['open-er-api']));
  };

  test('says when it will have newer rates', async () => {
    expect(await fetchEdited({})).toMatchObject({ nextUpdateAt: '2026-09-30T00:02:31.000Z' });
    expect(await fetchEdited({ time_next_update_unix: 'soon' })).not.toHaveProperty('nextUpdateAt');
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'its own error',
      { result: 'error', 'error-type': 'quota-reached' },
      'the source reports an error: "quota-reached"',
    ],
    ['no success', { result: 'maybe' }, 'the answer has no rates'],
    ['another base', { base_code: 'EUR' }, 'the rates are not for one US dollar'],
    ['no time', { time_last_update_unix: null }, 'the answer has no time'],
    ['an impossible time', { time_last_update_unix: 1e300 }, 'the answer has no time'],
  ])('refuses %s', async (_, change, reason) => {
    await expect(fetchEdited(change)).rejects.toMatchObject({ reason });
  });

  test('does not wait twenty minutes after too many requests', async () => {
    upstream.answer('open-er-api', faults.status(429, { 'retry-after': '1200' }));
    await expect(fetch(ask(http, upstream.urls['open-er-api']))).rejects.toMatchObject({
      reason: 'HTTP 429 Too Many Requests: "not today"',
    });
  });
});

describe('frankfurter', () => {
  const fetchEdited = (change: (row: Record<string, unknown>) => unknown) => {
    const edit = (rows: unknown) => (rows as Record<string, unknown>[]).flatMap(change);
    upstream.answer('frankfurter', faults.edited(edit));
    return ratesSources.frankfurter.fetch(ask(http, upstream.urls.frankfurter));
  };

  test('asks for one US dollar', async () => {
    await fetchEdited((row) => row);
    expect(upstream.requests('frankfurter')[0]?.url).toBe('/v2/rates?base=USD');
  });

  test('keeps the day of each rate and has that of the newest', async () => {
    const { records, use } = await fetchEdited((row) => (row.quote === 'CHF' ? { ...row, date: '2026-09-30' } : row));
    expect(records).toContainEqual({ currency: 'CHF', rate: 0.7974, observedOn: '2026-09-30' });
    expect(records).toContainEqual({ currency: 'GBP', rate: 0.7441, observedOn: '2026-09-29' });
    expect(use.observedAt).toBe('2026-09-30');
  });

  test.each(['2026-02-30', '29.09.2026', null, 20260929])('rejects a rate of the day %s', async (date) => {
    const { records, warnings } = await fetchEdited((row) => (row.quote === 'CHF' ? { ...row, date } : row));
    expect(records.some((record) => record.currency === 'CHF')).toBe(false);
    expect(warnings).toMatchObject([
      { code: 'RATE_REJECTED', currency: 'CHF', message: expect.stringContaining('not a day') },
    ]);
  });

  test('keeps the first of two rates of one currency', async () => {
    const { records, warnings } = await fetchEdited((row) => (row.quote === 'CHF' ? [row, { ...row, rate: 99 }] : row));
    expect(records).toContainEqual({ currency: 'CHF', rate: 0.7974, observedOn: '2026-09-29' });
    expect(warnings).toMatchObject([{ currency: 'CHF', message: 'Rejected the rate of CHF: duplicate' }]);
  });

  test('refuses rates with another base', async () => {
    await expect(fetchEdited((row) => ({ ...row, base: 'EUR' }))).rejects.toMatchObject({
      reason: 'the answer has no rates for one US dollar',
    });
  });

  test('refuses rates without a day', async () => {
    await expect(fetchEdited((row) => ({ ...row, date: 'today' }))).rejects.toMatchObject({
      reason: 'the answer has no day',
    });
  });

  test('needs only the rates of one central bank', async () => {
    const { records } = await fetchEdited((row) => (String(row.quote) < 'CHG' ? row : []));
    expect(records.length).toBeGreaterThanOrEqual(20);
    expect(records.length).toBeLessThan(40);
  });
});
