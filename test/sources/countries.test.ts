import { describe, expect, test } from 'vitest';
import { countriesSources } from '../../src/sources/sources.js';
import { countryFact } from '../upstream/facts.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { send } from '../upstream/reply.js';
import { API_KEY } from '../upstream/upstream.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const NAMES = ['csc', 'restcountries', 'restcountries-v3', 'restcountries-v2'] as const;
type Name = (typeof NAMES)[number];

const fetchFrom = (name: Name) => countriesSources[name].fetch(ask(http, upstream.urls[name], { apiKey: API_KEY }));

async function countryFrom(name: Name, code: string) {
  const { records } = await fetchFrom(name);
  return records.find((record) => record.code === code);
}

test('the names of the catalogue are those of the sources', () => {
  for (const [name, source] of Object.entries(countriesSources)) expect(source.name).toBe(name);
});

describe.each(NAMES)('%s', (name) => {
  test('delivers every country without a warning', async () => {
    const { records, received, warnings, use } = await fetchFrom(name);
    expect(received).toBe(250);
    expect(records).toHaveLength(250);
    expect(warnings).toEqual([]);
    expect(use).toEqual({
      source: name,
      url: upstream.urls[name],
      observedAt: name === 'csc' ? '2026-07-11' : null,
      licence: countriesSources[name].licence,
      attribution: countriesSources[name].attribution,
      bundled: false,
    });
  });

  test('reads the facts of a country', async () => {
    expect(await countryFrom(name, 'CH')).toMatchObject({
      code: 'CH',
      alpha3: 'CHE',
      numeric: '756',
      name: 'Switzerland',
      capitals: ['Bern'],
      region: 'EUROPE',
      subregion: 'Western Europe',
      population: 9_034_102,
      areaKm2: 41_284,
      flagUrl: name === 'csc' ? null : 'https://flagcdn.com/ch.svg',
      currencies: [{ code: 'CHF', name: 'Swiss franc', symbol: 'Fr.' }],
    });
  });

  test('keeps leading zeros, accents and apostrophes', async () => {
    expect((await countryFrom(name, 'AL'))?.numeric).toBe('008');
    expect((await countryFrom(name, 'CW'))?.name).toBe('Curaçao');
    expect((await countryFrom(name, 'CI'))?.name).toBe("Côte d'Ivoire");
    expect((await countryFrom(name, 'TD'))?.capitals).toEqual(["N'Djamena"]);
  });

  test('passes on a name as it is, whatever it looks like', async () => {
    const nasty = "O'Brien \\' ; DROP TABLE countries; -- 🇨🇮";
    countryFact(upstream.facts, 'IE').name = nasty;
    expect((await countryFrom(name, 'IE'))?.name).toBe(nasty);
  });

  test('has no population where the source says 0 or nothing', async () => {
    expect((await countryFrom(name, 'BV'))?.population).toBeNull();
  });

  test('leaves capitals and currencies empty where there are none', async () => {
    expect(await countryFrom(name, 'AQ')).toMatchObject({
      capitals: [],
      currencies: [],
      region: 'ANTARCTIC',
    });
    expect((await countryFrom(name, 'MO'))?.capitals).toEqual([]);
  });

  test('knows Kosovo by the code that is its own everywhere else', async () => {
    expect(await countryFrom(name, 'XK')).toMatchObject({ alpha3: 'XKX', name: 'Kosovo' });
  });

  test.each<[string, Handler, string]>([
    ['an HTML page', faults.html(), 'answered "text/html" instead of JSON'],
    [
      'the message of a closed API',
      faults.errorUnder200(),
      'the source has closed this API: "This API version has been deprecated. Please upgrade to v5."',
    ],
    [
      'another error with status 200',
      faults.body({ error: { message: 'Try later' } }),
      'the source reports an error: "Try later"',
    ],
    ['three countries', faults.few(3), 'only 3 of 3 records are usable, at least 200 are expected'],
    ['JSON of another shape', faults.body({ countries: [] }), name === 'restcountries' ? PAGE : LIST],
    ['a bare null', faults.body(null), name === 'restcountries' ? PAGE : LIST],
  ])('refuses %s', async (_, handler, reason) => {
    upstream.answer(name, handler);
    await expect(fetchFrom(name)).rejects.toMatchObject({
      code: 'EXTERNAL_SOURCE_UNAVAILABLE',
      source: name,
      reason,
    });
  });
});

const LIST = 'the answer is not a list of countries';
const PAGE = 'the answer is not a page of countries';

test('the day of the answer is that of its Last-Modified header, if it is one', async () => {
  upstream.answer('csc', faults.good());
  expect((await fetchFrom('csc')).use.observedAt).toBe('2026-07-11');
  // A database would refuse the last two, and with them the whole refresh.
  for (const date of ['some day', '', 'Fri, 01 Jan 10000 00:00:00 GMT', '-000001-01-01']) {
    upstream.answer('csc', ({ response, render }) =>
      send(response, { ...render(), headers: { 'last-modified': date } }),
    );
    expect((await fetchFrom('csc')).use.observedAt).toBeNull();
  }
});

describe('several currencies', () => {
  test.each(['restcountries', 'restcountries-v3', 'restcountries-v2'] as const)(
    'come in order from %s',
    async (name) => {
      const codes = async (country: string) =>
        (await countryFrom(name, country))?.currencies.map((currency) => currency.code);
      expect(await codes('PS')).toEqual(['EGP', 'ILS', 'JOD']);
      expect(await codes('CU')).toEqual(['CUC', 'CUP']);
    },
  );
});

describe('several capitals', () => {
  test.each(['restcountries', 'restcountries-v3'] as const)('come in order from %s', async (name) => {
    expect((await countryFrom(name, 'ZA'))?.capitals).toEqual(['Pretoria', 'Bloemfontein', 'Cape Town']);
  });
});

describe('the query', () => {
  test.each([
    ['restcountries-v3', 'name,cca2,cca3,ccn3,capital,region,subregion,population,area,currencies'],
    ['restcountries-v2', 'name,alpha2Code,alpha3Code,numericCode,capital,region,subregion,population,area,currencies'],
  ] as const)('of %s names ten fields, unless the address names its own', async (name, fields) => {
    await fetchFrom(name);
    await countriesSources[name].fetch(ask(http, `${upstream.urls[name]}?fields=name,alpha2Code,cca2&x=1`));
    const asked = upstream.requests(name).map(({ url }) => new URL(url ?? '', 'http://x').searchParams);
    expect(asked[0]?.get('fields')).toBe(fields);
    expect(asked[1]?.toString()).toBe('fields=name%2Calpha2Code%2Ccca2&x=1');
  });
});
