import { describe, expect, test } from 'vitest';
import { restCountriesV3 } from '../../src/sources/restcountries.js';
import * as faults from '../upstream/faults.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

type Json = Record<string, unknown>;

const ANDORRA: Json = { cca2: 'AD', cca3: 'AND', ccn3: '020', name: { common: 'Andorra' } };

/** The answer with Switzerland's record changed. */
async function fetchWith(change: Json) {
  const edit = (list: unknown) => (list as Json[]).map((item) => (item.cca2 === 'CH' ? { ...item, ...change } : item));
  upstream.answer('restcountries-v3', faults.edited(edit));
  const answer = await restCountriesV3.fetch(ask(http, upstream.urls['restcountries-v3']));
  const switzerland = answer.records.find((record) => record.alpha3 === 'CHE');
  return { ...answer, switzerland };
}

test('Kosovo has no number, whatever the source gives it', async () => {
  const edit = (list: unknown) =>
    (list as Json[]).map((item) => (item.cca2 === 'XK' ? { ...item, ccn3: '926' } : item));
  upstream.answer('restcountries-v3', faults.edited(edit));
  const { records } = await restCountriesV3.fetch(ask(http, upstream.urls['restcountries-v3']));
  expect(records.find((record) => record.code === 'XK')).toMatchObject({ numeric: null });
});

test.each(['QQ', 'ZZ', 'EU', 'UK', 'AN', 'SU', 'XX'])(
  'a code that is not in ISO 3166-1 is rejected: %s',
  async (cca2) => {
    const { records, warnings } = await fetchWith({ cca2, cca3: 'QQQ' });
    expect(records).toHaveLength(249);
    const message = `Rejected the country "Switzerland" with the code "${cca2}": the alpha-2 code is not in ISO 3166-1`;
    expect(warnings).toEqual([{ code: 'UNKNOWN_COUNTRY_CODE', country: cca2, currency: null, message }]);
  },
);

describe('a country is rejected, and the others stay, for', () => {
  test.each<[string, Json, string]>([
    ['no code', { cca2: undefined }, 'the alpha-2 code is missing'],
    ['an empty code', { cca2: '' }, 'the alpha-2 code is missing'],
    ['a malformed code', { cca2: 'che' }, 'the alpha-2 code is malformed'],
    ['a code that is not a text', { cca2: 41 }, 'the alpha-2 code is not a text'],
    ['no alpha-3 code', { cca3: null }, 'the alpha-3 code is missing'],
    ['a malformed alpha-3 code', { cca3: 'C-H' }, 'the alpha-3 code is malformed'],
    ['no name', { name: {} }, 'the name is missing'],
    ['a blank name', { name: { common: ' \t\n ' } }, 'the name is missing'],
    ['a name of 201 characters', { name: { common: 'x'.repeat(201) } }, 'the name is longer than 200 characters'],
    [
      'a name that is long when it is spelt out',
      { name: { common: '\ufdfa'.repeat(30) } },
      'the name is longer than 200 characters',
    ],
    ['a name with a method of its own', { name: { common: { toString: 1 } } }, 'the name is not a text'],
    ['a name with a NUL', { name: { common: 'Swit\u0000zerland' } }, 'the name contains control characters'],
    ['a name with half a character', { name: { common: 'Swit\ud83c' } }, 'the name contains control characters'],
    [
      'a name of zero-width characters',
      { name: { common: '\u200b\u2060\ufeff' } },
      'the name has no visible characters',
    ],
    ['a name of Hangul fillers', { name: { common: '\u3164\u3164' } }, 'the name has no visible characters'],
    ['the codes of another country', ANDORRA, 'duplicate code'],
    ['the alpha-2 code of another country', { cca2: 'AD' }, 'the alpha-3 code is CHE, not AND'],
    ['the alpha-3 code of another country', { cca3: 'AND' }, 'the alpha-3 code is AND, not CHE'],
    ['the number of another country', { ccn3: '020' }, 'the numeric code is 020, not 756'],
    ['the name of another country', { name: { common: 'Andorra' } }, 'it has the name of AD'],
  ])('%s', async (_, change, reason) => {
    const { records, received, warnings, switzerland } = await fetchWith(change);
    expect(switzerland).toBeUndefined();
    expect(records).toHaveLength(249);
    expect(received).toBe(250);
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'COUNTRY_REJECTED',
        message: expect.stringMatching(`: ${escaped(reason)}$`),
      }),
    ]);
  });

  test('not being a record at all', async () => {
    upstream.answer(
      'restcountries-v3',
      faults.edited((list) => [...(list as Json[]), null, 'Atlantis', []]),
    );
    const { records, received, warnings } = await restCountriesV3.fetch(ask(http, upstream.urls['restcountries-v3']));
    expect([records.length, received, warnings.length]).toEqual([250, 253, 3]);
  });
});

test('a code that ISO 3166-1 does not have is reported by a warning of its own', async () => {
  const { records, warnings } = await fetchWith({ cca2: 'ZZ', cca3: 'ZZZ' });
  expect(records).toHaveLength(249);
  expect(warnings).toMatchObject([
    { code: 'UNKNOWN_COUNTRY_CODE', country: 'ZZ', message: expect.stringMatching(/: .* is not in ISO 3166-1$/) },
  ]);
});

describe('a field is ignored, and its country stays, for', () => {
  test.each<[string, Json, Json, string]>([
    ['a number with commas', { population: '1,234' }, { population: null }, 'the population is not a number'],
    ['a population in words', { population: 'many' }, { population: null }, 'the population is not a number'],
    ['a negative population', { population: -1 }, { population: null }, 'the population is negative'],
    ['half a person', { population: 1.5 }, { population: null }, 'the population is not a whole number'],
    ['too many people', { population: 1e10 + 1 }, { population: null }, 'the population is larger than 10000000000'],
    ['an area larger than the Earth', { area: 1e308 }, { areaKm2: null }, 'the area is larger than 510100000'],
    ['a negative area', { area: -1 }, { areaKm2: null }, 'the area is negative'],
    ['a capital that is a number', { capital: [42, 'Bern'] }, { capitals: ['Bern'] }, 'a capital is not a text'],
    ['a capital that cannot be seen', { capital: ['\u200b'] }, { capitals: [] }, 'a capital has no visible characters'],
    [
      'a long subregion',
      { subregion: 'x'.repeat(65) },
      { subregion: null },
      'the subregion is longer than 64 characters',
    ],
    [
      'an invalid official name',
      { name: { common: 'Switzerland', official: [1] } },
      { officialName: null },
      'the official name is not a text',
    ],
  ])('%s', async (_, change, expected, reason) => {
    const { records, warnings, switzerland } = await fetchWith(change);
    expect(records).toHaveLength(250);
    expect(switzerland).toMatchObject(expected);
    expect(warnings).toEqual([
      {
        code: 'FIELD_REJECTED',
        country: 'CH',
        currency: null,
        message: expect.stringMatching(`^Ignored (the|a) .* of CH, ".*": ${escaped(reason)}$`),
      },
    ]);
  });
});

test('the warning names the country that it is about', async () => {
  const { warnings } = await fetchWith({ cca3: null });
  expect(warnings).toEqual([
    {
      code: 'COUNTRY_REJECTED',
      country: 'CH',
      currency: null,
      message: 'Rejected the country "Switzerland" with the code "CH": the alpha-3 code is missing',
    },
  ]);
});

test('the first of two records with one code stays', async () => {
  const { records } = await fetchWith({ ...ANDORRA, population: 5 });
  expect(records.find((record) => record.code === 'AD')?.population).not.toBe(5);
});

describe('a country stays', () => {
  test.each<[string, Json, Json]>([
    ['with its number when the source has none', { ccn3: '' }, { numeric: '756' }],
    ['with its number when that is malformed', { ccn3: '75' }, { numeric: '756' }],
    ['with an unknown population when it is 0', { population: 0 }, { population: null }],
    ['with an unknown population when it is not given', { population: null }, { population: null }],
    ['with a population written as text', { population: '9034102' }, { population: 9_034_102 }],
    ['with the largest population', { population: 1e10 }, { population: 1e10 }],
    ['without an area when it is 0', { area: 0 }, { areaKm2: null }],
    ['with a fractional area', { area: 2.02 }, { areaKm2: 2.02 }],
    ['without a region when it is unknown', { region: 'Atlantis' }, { region: null }],
    ['in the Antarctic, however that is called', { region: 'Antarctic Ocean' }, { region: 'ANTARCTIC' }],
    [
      'with its flag where the source puts it',
      { flags: { svg: 'https://x.org/f.svg' } },
      { flagUrl: 'https://x.org/f.svg' },
    ],
    ['without a flag when its address is invalid', { flags: { svg: 'javascript:alert(1)' } }, { flagUrl: null }],
    ['with its capital when that is not a list', { capital: 'Bern' }, { capitals: ['Bern'] }],
    ['without a capital when that is empty', { capital: ['', null] }, { capitals: [] }],
    ['with one line for a name', { name: { common: '  Swiss\n\t\u00a0land ' } }, { name: 'Swiss land' }],
    ['with composed letters', { name: { common: 'Suisse franc\u0327aise' } }, { name: 'Suisse française' }],
    ['with a name of 200 characters', { name: { common: 'x'.repeat(200) } }, { name: 'x'.repeat(200) }],
    ['with new fields ignored', { gini: { 2030: 1 } }, { name: 'Switzerland' }],
  ])('%s', async (_, change, expected) => {
    const { switzerland, warnings } = await fetchWith(change);
    expect(switzerland).toMatchObject(expected);
    expect(warnings).toEqual([]);
  });
});

describe('a currency is dropped, and its country stays, for', () => {
  test.each<[string, string, string]>([
    ['a malformed code', 'IMP[G]', 'its code is malformed'],
    ['a word for none', '(none)', 'its code is malformed'],
    ['an invented code', 'AAD', 'its code is not a currency code'],
    ['a metal', 'XAU', 'its code is not a currency code'],
    ['the name of every prototype', '__proto__', 'its code is malformed'],
  ])('%s', async (_, code, reason) => {
    const currencies = JSON.parse(`{"${code}":{"name":"Odd"},"CHF":{"name":"Swiss franc","symbol":"Fr."}}`);
    const { switzerland, warnings } = await fetchWith({ currencies });
    expect(switzerland?.currencies).toEqual([{ code: 'CHF', name: 'Swiss franc', symbol: 'Fr.' }]);
    expect(warnings).toEqual([
      {
        code: 'CURRENCY_DROPPED',
        country: 'CH',
        currency: /^[A-Z]{3}$/.test(code) ? code : null,
        message: `Dropped the currency "${code}" of CH: ${reason}`,
      },
    ]);
  });
});

test('a currency stays without a symbol that is too long, and without an invalid name', async () => {
  const { switzerland, warnings } = await fetchWith({ currencies: { CHF: { name: 5, symbol: 'F'.repeat(65) } } });
  expect(switzerland?.currencies).toEqual([{ code: 'CHF', name: null, symbol: null }]);
  expect(warnings).toMatchObject([
    {
      code: 'FIELD_REJECTED',
      country: 'CH',
      currency: 'CHF',
      message: expect.stringContaining('name of CHF in CH, "5"'),
    },
    { code: 'FIELD_REJECTED', message: expect.stringMatching(/the symbol is longer than 64 characters$/) },
  ]);
});

describe('names that belong to every object', () => {
  test('do nothing', async () => {
    const evil = JSON.parse(
      '{"__proto__":{"cca2":"ZZ","polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
    const { records, warnings } = await fetchWith(evil);
    expect(records).toHaveLength(250);
    expect(warnings).toEqual([]);
    expect(({} as Json).polluted).toBeUndefined();
    const list = `[${'{"__proto__":{"cca2":"ZZ","cca3":"ZZZ","name":{"common":"Ghost"}}},'.repeat(250)}null]`;
    upstream.answer('restcountries-v3', faults.raw(list));
    await expect(restCountriesV3.fetch(ask(http, upstream.urls['restcountries-v3']))).rejects.toMatchObject({
      reason: 'only 0 of 251 records are usable, at least 200 are expected',
    });
  });
});

function escaped(text: string): string {
  return text.replace(/[\^$.*+?()[\]{}|-]/g, '\\$&');
}
