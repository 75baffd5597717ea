import { expect, test } from 'vitest';
import { gdpSource } from '../../src/sources/sources.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const fetchGdp = (query = '') => gdpSource.fetch(ask(http, upstream.urls['world-bank'] + query));

test('the figures come with their years', async () => {
  const { records, received, warnings, use } = await fetchGdp();
  const known = Object.values(upstream.facts.gdp).filter((fact) => fact !== null).length;
  expect(records).toContainEqual({ code: 'CH', perCapita: 103_669.87, year: 2024 });
  expect(records).toContainEqual(expect.objectContaining({ code: 'XK' }));
  // The aggregate with a digit in its code is dropped; the one with two letters is left for the merge to recognise.
  expect(records).toHaveLength(known + 1);
  expect(received).toBe(252);
  expect(warnings).toEqual([]);
  expect(use).toMatchObject({ source: 'world-bank', observedAt: '2026-07-01', licence: 'CC-BY-4.0' });
  expect(use.url).toBe(upstream.urls['world-bank']);
});

test('the newest figure of every economy is requested, on one page', async () => {
  await fetchGdp();
  expect(upstream.requests('world-bank').map(({ url }) => url)).toEqual([
    '/v2/country/all/indicator/NY.GDP.PCAP.CD?format=json&mrnev=1&per_page=400',
  ]);
});

test('several pages are read when there are several', async () => {
  const { records } = await fetchGdp('?per_page=100');
  expect(records).toHaveLength((await fetchGdp()).records.length);
  const pages = upstream
    .requests('world-bank')
    .map(({ url }) => new URL(url ?? '', 'http://x').searchParams.get('page'));
  expect(pages).toEqual([null, '2', '3', null]);
});

test('more than ten pages are too many', async () => {
  await expect(fetchGdp('?per_page=20')).rejects.toMatchObject({
    reason: 'it has 13 pages, at most 10 are read',
  });
});

test('an economy without a figure is not an error', async () => {
  upstream.facts.gdp.CH = null;
  const { records, warnings } = await fetchGdp();
  expect(records.some(({ code }) => code === 'CH')).toBe(false);
  expect(warnings).toEqual([]);
});

test.each([
  [{ perCapita: 0, year: 2024 }, '"0" is not a positive number'],
  [{ perCapita: -7, year: 2024 }, '"-7" is not a positive number'],
  [{ perCapita: '9' as unknown as number, year: 2024 }, '"9" is not a positive number'],
  [{ perCapita: 9, year: 24 }, '"24" is not a year'],
])('a figure such as %j is rejected, and the others stay', async (fact, reason) => {
  upstream.facts.gdp.CH = fact;
  const { records, warnings } = await fetchGdp();
  expect(records.some(({ code }) => code === 'CH')).toBe(false);
  expect(records.length).toBeGreaterThan(200);
  expect(warnings).toEqual([
    {
      code: 'GDP_REJECTED',
      country: 'CH',
      currency: null,
      message: `Rejected the GDP per capita of CH: ${reason}`,
    },
  ]);
});

test('the first of two figures of one economy stays', async () => {
  upstream.answer(
    'world-bank',
    faults.edited((answer) => {
      const [meta, rows] = answer as [unknown, { country: { id: string } }[]];
      const again = rows.filter(({ country }) => country.id === 'CH').map((row) => ({ ...row, value: 1 }));
      return [meta, [...rows, ...again]];
    }),
  );
  const { records, warnings } = await fetchGdp();
  expect(records).toContainEqual({ code: 'CH', perCapita: 103_669.87, year: 2024 });
  expect(warnings).toMatchObject([{ country: 'CH', message: expect.stringContaining('duplicate') }]);
});

test.each<[string, Handler, string]>([
  [
    'its error with status 200',
    faults.body([
      { message: [{ id: '120', key: 'Invalid value', value: 'The provided parameter value is not valid' }] },
    ]),
    'the source reports an error: "The provided parameter value is not valid"',
  ],
  ['no rows', faults.body([{ page: 0, pages: 0, total: 0 }, null]), 'the answer has no figures'],
  ['a strange number of pages', faults.body([{ pages: { valueOf: 1 } }, []]), 'the answer has no figures'],
  ['JSON of another shape', faults.body({}), 'the answer has no figures'],
  ['an HTML page', faults.html(), 'answered "text/html" instead of JSON'],
  ['three figures', faults.few(3), 'only 4 of 5 records are usable, at least 100 are expected'],
])('the source is refused for %s', async (_, handler, reason) => {
  upstream.answer('world-bank', handler);
  await expect(fetchGdp()).rejects.toMatchObject({ source: 'world-bank', reason });
});
