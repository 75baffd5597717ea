import { describe, expect, it } from 'vitest';
import { Region } from '../../src/countries/gdp.js';
import type { CountryRow } from '../../src/db/tables.js';
import { keepKnownFacts } from '../../src/refresh/country-policy.js';
import type { Stored } from '../../src/refresh/model.js';
import type { CountryRecord } from '../../src/sources/source.js';

const DAY = '2026-10-01';

describe('what a source does not say about a country', () => {
  it('stays as it is stored', () => {
    const kept = keepKnownFacts(storing(['EUR']), DAY)(record({}));
    expect(kept).toMatchObject({
      population: 7,
      areaKm2: 0.5,
      capitals: ['A'],
      region: Region.ASIA,
      subregion: 'B',
      flagUrl: 'https://x/f.svg',
    });
  });

  it('is replaced by what it does say', () => {
    const places = { capitals: ['C'], region: Region.EUROPE, subregion: 'D' };
    const told = { ...places, population: 8, areaKm2: 2, flagUrl: 'https://y/g.svg' };
    expect(keepKnownFacts(storing(['EUR']), DAY)(record(told))).toMatchObject(told);
  });

  it('stays unknown where nothing is stored', () => {
    const kept = keepKnownFacts({ ...storing([]), countries: new Map() }, DAY)(record({ population: null }));
    expect(kept).toMatchObject({ population: null, currencies: [] });
  });
});

describe('the currencies of a country', () => {
  const codes = (code: string, told: string[], stored: string[]) =>
    keepKnownFacts(storing(stored, code), DAY)(record({ code }, told)).currencies.map((it) => it.code);

  it('are its legal tender, whatever is sent or stored', () => {
    for (const [told, stored] of [
      [['EGP'], ['SLL']],
      [[], ['ILS']],
      [[], []],
    ] as const) {
      expect(codes('PS', [...told], [...stored])).toEqual(['ILS', 'JOD']);
    }
  });

  it.each<[told: string[], stored: string[], kept: string[]]>([
    [['ILS'], ['EGP', 'JOD'], ['ILS']],
    [[], ['EUR', 'NOK'], ['EUR', 'NOK']],
    [['SLL', 'EUR'], [], ['EUR']],
    [[], ['SLL'], []],
  ])('without legal tender: %o sent and %o stored make %o', (told, stored, kept) => {
    expect(codes('XX', told, stored)).toEqual(kept);
  });
});

function record(facts: Partial<CountryRecord>, currencies: string[] = []): CountryRecord {
  return {
    code: 'XX',
    alpha3: 'XXX',
    numeric: null,
    name: 'X',
    officialName: null,
    capitals: [],
    region: null,
    subregion: null,
    population: null,
    areaKm2: null,
    flagUrl: null,
    currencies: currencies.map((code) => ({ code, name: null, symbol: null })),
    ...facts,
  };
}

function storing(currencies: string[], code = 'XX'): Stored {
  const row = { code, numeric_code: '999', capitals: '["A"]', region: Region.ASIA, subregion: 'B' };
  const facts = { flag_url: 'https://x/f.svg', population: 7, area_km2: 0.5 };
  const country = { ...row, ...facts } as CountryRow;
  return {
    countries: new Map([[code, country]]),
    currencies: new Map(currencies.map((it) => [it, { code: it, name: 'N', symbol: 'S' }])),
    links: currencies.map((currency_code, position) => ({ country_code: code, currency_code, position })),
    rates: new Map(),
    quarantined: new Map(),
    excluded: new Set(),
    sources: [],
    refreshedAt: null,
  };
}
