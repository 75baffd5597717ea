import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CountryRecord } from '../../src/sources/source.js';
import { countriesSources, gdpSource, ratesSources } from '../../src/sources/sources.js';
import * as faults from '../upstream/faults.js';
import { ask, withUpstream } from './with-upstream.js';

/** A folder of whole answers that the real sources once gave. They are not ours to pass on. */
const folder = process.env.SOURCE_SAMPLES;
const { upstream, http } = await withUpstream();

if (!folder) console.info('SOURCE_SAMPLES is not set: the stored answers of the real sources were not tried');

const FILES = {
  csc: 'csc-countries.json',
  'restcountries-v3': 'restcountries-v3.1-all.json',
  'restcountries-v2': 'restcountries-v2-all.fields.json',
  'currency-api': 'fawazahmed0-usd-2026-09-29.json',
} as const;

type Countries = 'csc' | 'restcountries-v3' | 'restcountries-v2';

async function fetchCountries(name: Countries) {
  upstream.answer(name, faults.raw(sample(FILES[name])));
  const answer = await countriesSources[name].fetch(ask(http, upstream.urls[name]));
  return { ...answer, byCode: new Map(answer.records.map((record) => [record.code, record])) };
}

const sample = (file: string): string => readFileSync(join(folder ?? '', file), 'utf8');
const codesOf = (country: CountryRecord | undefined) => country?.currencies.map(({ code }) => code);

describe.runIf(folder).each(Object.keys(FILES).slice(0, 3) as Countries[])('the stored answer of %s', (name) => {
  test('gives all 250 countries', async () => {
    const { records, warnings } = await fetchCountries(name);
    expect(records).toHaveLength(250);
    expect(warnings.filter(({ code }) => code === 'COUNTRY_REJECTED')).toEqual([]);
  });

  test('gives the odd ones right', async () => {
    const { byCode } = await fetchCountries(name);
    expect(byCode.get('AQ')).toMatchObject({ capitals: [], currencies: [], region: 'ANTARCTIC' });
    expect(byCode.get('XK')).toMatchObject({ alpha3: 'XKX', region: 'EUROPE' });
    for (const code of ['BV', 'HM']) {
      expect(byCode.get(code)).toMatchObject({ population: null, capitals: [] });
    }
    expect(byCode.get('CW')?.name).toBe('Curaçao');
    expect(byCode.get('XK')?.name).toMatch(/Kosovo$/);
    for (const record of byCode.values()) {
      if (name === 'csc') expect(record.flagUrl).toBeNull();
      else expect(record.flagUrl).toMatch(/^https:\/\//);
      expect(record.region === null).toBe(name === 'csc' && ['BV', 'HM'].includes(record.code));
    }
  });
});

describe.runIf(folder)('the stored answer of csc', () => {
  test('has one invented currency, old codes and no flags', async () => {
    const { byCode, warnings, use } = await fetchCountries('csc');
    expect(warnings.map(({ country, currency }) => [country, currency])).toEqual([['AQ', 'AAD']]);
    expect([byCode.get('SL'), byCode.get('CW'), byCode.get('ZW')].map(codesOf)).toEqual([['SLL'], ['ANG'], ['ZWL']]);
    expect(byCode.get('AF')).toMatchObject({ numeric: '004', flagUrl: null });
    expect(byCode.get('UM')).toMatchObject({ population: null, areaKm2: null });
    expect(use.observedAt).toBeNull();
  });
});

describe.runIf(folder)('the stored answer of v3.1', () => {
  test('has every currency and every capital', async () => {
    const { byCode, warnings } = await fetchCountries('restcountries-v3');
    expect(warnings).toEqual([]);
    const currencies = ['PS', 'EH', 'CU', 'CK', 'IM', 'BV', 'HM'].map((code) => codesOf(byCode.get(code)));
    expect(currencies.map((codes) => codes?.join(' '))).toEqual([
      'EGP ILS JOD',
      'DZD MAD MRU',
      'CUC CUP',
      'CKD NZD',
      'GBP IMP',
      '',
      '',
    ]);
    expect(byCode.get('ZA')?.capitals).toHaveLength(3);
    expect(byCode.get('RE')?.name).toBe('Réunion');
    expect(byCode.get('XK')?.numeric).toBeNull();
    expect(byCode.get('AL')?.numeric).toBe('008');
    expect(byCode.get('AF')?.flagUrl).toContain('wikimedia.org');
    expect(byCode.get('MC')?.areaKm2).toBe(2.02);
    const unknown = ['BV', 'HM', 'IO', 'GS', 'UM'].map((code) => byCode.get(code)?.population);
    expect(unknown).toEqual([null, null, null, null, null]);
  });
});

describe.runIf(folder)('the stored answer of v2', () => {
  test('has malformed, invented and doubled currencies', async () => {
    const { byCode, warnings } = await fetchCountries('restcountries-v2');
    expect(warnings.every(({ code }) => code === 'CURRENCY_DROPPED')).toBe(true);
    expect(warnings.map(({ country, message }) => [country, message.split('"')[1]]).sort()).toEqual([
      ['IM', 'IMP[G]'],
      ['JE', 'JEP[G]'],
      ['PN', 'PND'],
      ['TV', 'TVD[G]'],
    ]);
    expect(codesOf(byCode.get('NU'))).toEqual(['NZD']);
    expect(codesOf(byCode.get('IM'))).toEqual(['GBP']);
    expect(byCode.get('US')?.capitals).toEqual(['Washington, D.C.']);
  });
});

describe.runIf(folder)('the stored answer of the Currency API', () => {
  test('holds exactly the currencies for which a history was kept', async () => {
    upstream.answer('currency-api', faults.raw(sample(FILES['currency-api'])));
    const answer = await ratesSources['currency-api'].fetch(ask(http, upstream.urls['currency-api']));
    const history = JSON.parse(sample('rates-history-usd-fawazahmed0.json'));
    expect(answer.records.map(({ currency }) => currency).sort()).toEqual(Object.keys(history.rates).sort());
    expect(answer).toMatchObject({ received: 339, warnings: [], use: { observedAt: '2026-09-29' } });
  });
});

interface StoredFigures {
  data: Record<string, { latestGdpPerCapita?: { value: number; year: number } }>;
}

describe.runIf(folder)('the stored figures of the World Bank', () => {
  test('all belong to a country', async () => {
    const countries: { cca2: string; cca3: string }[] = JSON.parse(sample(FILES['restcountries-v3']));
    const codes = new Map(countries.map(({ cca2, cca3 }) => [cca3, cca2]));
    const { data }: StoredFigures = JSON.parse(sample('worldbank-gdp.json'));
    const figures = Object.entries(data).flatMap(([alpha3, { latestGdpPerCapita: latest }]) =>
      latest ? [[codes.get(alpha3), { perCapita: latest.value, year: latest.year }] as const] : [],
    );
    upstream.facts.gdp = Object.fromEntries(figures);
    const { records, warnings } = await gdpSource.fetch(ask(http, upstream.urls['world-bank']));
    expect(records.length).toBe(213 + 1);
    expect(records).toContainEqual({ code: 'XK', perCapita: expect.any(Number), year: expect.any(Number) });
    expect(warnings).toEqual([]);
  });
});
