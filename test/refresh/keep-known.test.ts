import { describe, expect, it } from 'vitest';
import { Region } from '../../src/countries/gdp.js';
import type { CountryRow } from '../../src/db/tables.js';
import { keepKnownFacts } from '../../src/refresh/country-policy.js';
import type { Stored } from '../../src/refresh/model.js';
import type { CountryRecord } from '../../src/sources/source.js';

describe('what a source does not tell of a country', () => {
  it('stays as it is stored', () => {
    const told = record({ population: null, areaKm2: null, capitals: [], region: null, subregion: null });
    const kept = keepKnownFacts(storing(['EUR']))(told);
    expect(kept).toMatchObject({
      population: 7,
      areaKm2: 0.5,
      capitals: ['A'],
      region: Region.ASIA,
      subregion: 'B',
    });
  });

  it('is replaced by what it does tell', () => {
    const told = { population: 8, areaKm2: 2, capitals: ['C'], region: Region.EUROPE, subregion: 'D' };
    expect(keepKnownFacts(storing(['EUR']))(record(told))).toMatchObject(told);
  });

  it('stays unknown where nothing is stored', () => {
    const kept = keepKnownFacts({ ...storing([]), countries: new Map() })(record({ population: null }));
    expect(kept).toMatchObject({ population: null, currencies: [] });
  });
});

describe('the currencies of a country', () => {
  const codes = (told: CountryRecord, stored: string[]) =>
    keepKnownFacts(storing(stored))(told).currencies.map(({ code }) => code);

  it('are those of a source that tells all of them', () => {
    expect(codes(record({}, ['ILS']), ['EGP', 'ILS', 'JOD'])).toEqual(['ILS']);
    expect(codes(record({}, []), ['NOK'])).toEqual([]);
  });

  it.each<[told: string[], stored: string[], kept: string[]]>([
    [['ILS'], ['EGP', 'ILS', 'JOD'], ['ILS', 'EGP', 'JOD']],
    [['CUP'], ['CUC', 'CUP'], ['CUP', 'CUC']],
    [['ZWG'], ['USD', 'ZAR'], ['ZWG', 'USD', 'ZAR']],
    [['EUR'], ['EUR'], ['EUR']],
    [['EUR'], ['BGN'], ['EUR']],
    [['EUR'], [], ['EUR']],
    [['SLL'], ['SLE'], ['SLE']],
    [['SLL'], [], ['SLL']],
    [[], ['EUR'], ['EUR']],
  ])('of a source that tells %o as the main one, over %o, are %o', (told, stored, kept) => {
    expect(codes(record({ currencyCompleteness: 'primary-only' }, told), stored)).toEqual(kept);
  });

  it.each<[told: string[], stored: string[], kept: string[]]>([
    [[], ['BYN'], ['BYN']],
    [['GBP'], ['GBP', 'IMP'], ['GBP', 'IMP']],
    [['USD'], ['BYN'], ['USD', 'BYN']],
    [[], [], []],
  ])('of a source that tells %o and one without a code, over %o, are %o', (told, stored, kept) => {
    expect(codes(record({ currencyCompleteness: 'valid-codes-only' }, told), stored)).toEqual(kept);
  });

  it('keep their names', () => {
    const told = record({ currencyCompleteness: 'primary-only' }, []);
    expect(keepKnownFacts(storing(['EUR']))(told).currencies).toEqual([{ code: 'EUR', name: 'N', symbol: 'S' }]);
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

function storing(currencies: string[]): Stored {
  const row = { code: 'XX', numeric_code: '999', capitals: '["A"]', region: Region.ASIA, subregion: 'B' };
  const country = { ...row, population: 7, area_km2: 0.5 } as CountryRow;
  return {
    countries: new Map([['XX', country]]),
    currencies: new Map(currencies.map((code) => [code, { code, name: 'N', symbol: 'S' }])),
    links: currencies.map((currency_code, position) => ({ country_code: 'XX', currency_code, position })),
    rates: new Map(),
    quarantined: new Map(),
    excluded: new Set(),
    sources: [],
  };
}
