import { describe, expect, it } from 'vitest';
import { GdpMethod } from '../../src/countries/gdp.js';
import type { CountryRow } from '../../src/db/tables.js';
import { merge } from '../../src/refresh/merge.js';
import type { Fetched, Stored } from '../../src/refresh/model.js';
import type { CountryRecord, SourceAnswer } from '../../src/sources/source.js';

const options = { now: new Date('2026-10-01T12:00:00Z'), gdpMethod: GdpMethod.PER_CAPITA, random: () => 0.5 };

describe('the merge', () => {
  it('takes the first currency that has a rate', () => {
    const [row] = merge(fetched({ currencies: ['KPW', 'CUP', 'EUR'] }), nothing(), options).countries;
    expect(row).toMatchObject({ currency_code: 'CUP', exchange_rate: 24 });
  });

  it('takes the first currency where none has a rate', () => {
    const [row] = merge(fetched({ currencies: ['KPW', 'VES'] }), nothing(), options).countries;
    expect(row).toMatchObject({ currency_code: 'KPW', exchange_rate: null });
  });

  it('estimates the GDP from the figure per head', () => {
    const [row] = merge(fetched({}), nothing(), options).countries;
    expect(row).toMatchObject({ estimated_gdp: 1000.5 * 2000, gdp_year: 2025, gdp_reason: null });
  });

  it('can estimate like the system that this one replaced', () => {
    const multiplier = { ...options, gdpMethod: GdpMethod.MULTIPLIER };
    const [row] = merge(fetched({ currencies: ['CUP'] }), nothing(), multiplier).countries;
    expect(row).toMatchObject({ estimated_gdp: (2000 * 1500) / 24, gdp_method: 'MULTIPLIER' });
    const [noRate] = merge(fetched({ currencies: ['KPW'] }), nothing(), multiplier).countries;
    expect(noRate).toMatchObject({ estimated_gdp: null, gdp_reason: 'NO_RATE' });
    const [none] = merge(fetched({ currencies: [] }), nothing(), multiplier).countries;
    expect(none).toMatchObject({ estimated_gdp: null, gdp_reason: 'NO_CURRENCY', currency_code: null });
  });

  it('has no estimate, and a reason, where something is unknown', () => {
    const [nobody] = merge(fetched({ population: null }), nothing(), options).countries;
    expect(nobody).toMatchObject({ estimated_gdp: null, gdp_reason: 'NO_POPULATION' });
    const unreported = { ...fetched({}), gdp: answer('world-bank', []) };
    expect(merge(unreported, nothing(), options).countries[0]).toMatchObject({
      estimated_gdp: null,
      gdp_reason: 'NOT_REPORTED',
    });
  });

  it('keeps the stored figures of GDP when their source failed', () => {
    const first = merge(fetched({}), nothing(), options).countries;
    const second = merge({ ...fetched({}), gdp: null }, storing(first), options);
    expect(second.countries).toEqual(first);
    expect(second).toMatchObject({ counts: { insertedCodes: [], updated: 0, unchanged: 1 } });
  });

  it('keeps the newer stored rate when the source sends an older one', () => {
    const stored = nothing();
    stored.rates.set('CUP', { currency_code: 'CUP', observed_on: '2026-09-30', rate: 25, source: 'x' });
    const merged = merge(fetched({ currencies: ['CUP'] }), stored, options);
    expect(merged.countries[0]).toMatchObject({ exchange_rate: 25 });
    expect(merged.rates.map((row) => row.currency_code)).toEqual(['EUR']);
    expect(merged.warnings.map((warning) => warning.code)).toEqual(['OLDER_RATES']);
  });

  it('keeps a stored figure of GDP that the answer lacks, or has only for an earlier year', () => {
    const first = merge(fetched({}), nothing(), options).countries;
    for (const records of [[], [{ code: 'AQ', perCapita: 1, year: 1990 }]]) {
      const again = merge({ ...fetched({}), gdp: answer('world-bank', records) }, storing(first), options);
      expect(again.countries).toEqual(first);
    }
    const newer = [{ code: 'AQ', perCapita: 2000, year: 2026 }];
    const updated = merge({ ...fetched({}), gdp: answer('world-bank', newer) }, storing(first), options);
    expect(updated.countries[0]).toMatchObject({ gdp_per_capita: 2000, gdp_year: 2026 });
  });

  it('keeps the live rate of a day when a bundled one is of the same day', () => {
    const stored = nothing();
    stored.rates.set('CUP', {
      currency_code: 'CUP',
      observed_on: '2026-09-29',
      rate: 25,
      source: 'currency-api',
    });
    const bundled = fetched({ currencies: ['CUP'] });
    bundled.rates.use.bundled = true;
    const merged = merge(bundled, stored, options);
    expect(merged.countries[0]).toMatchObject({ exchange_rate: 25 });
    expect(merged.rates.map((row) => row.currency_code)).toEqual(['EUR']);
  });

  it('names changes by the fields that readers know, each fact once', () => {
    const renamed = fetched({});
    Object.assign(renamed.countries.records[0] ?? {}, { subregion: 'Antilles', areaKm2: 1 });
    const { fields } = merge(renamed, storing(merge(fetched({}), nothing(), options).countries), options).counts;
    expect(fields.map(({ field }) => field)).toEqual(['areaKm2', 'subregion']);
  });

  it('reports the links that are gone', () => {
    const stored = storing(merge(fetched({ currencies: ['EUR', 'CUP'] }), nothing(), options).countries);
    stored.links = ['EUR', 'CUP'].map((currency_code, position) => ({
      country_code: 'AQ',
      currency_code,
      position,
    }));
    const merged = merge(fetched({ currencies: ['CUP'] }), stored, options);
    expect(merged.removedLinks).toEqual([{ country_code: 'AQ', currency_code: 'EUR', position: 0 }]);
    expect(merged.counts.updated).toBe(1);
  });

  it('refuses a set of fewer than 80 % of what is stored', () => {
    const [row] = merge(fetched({}), nothing(), options).countries as [CountryRow];
    const two = storing([row, { ...row, code: 'XX' }]);
    expect(() => merge(fetched({}), two, options)).toThrow('External data source unavailable');
  });
});

/** For a country without legal tender, so that its currencies are those that the source lists. */
function fetched(change: { currencies?: string[]; population?: number | null }): Fetched {
  const { currencies = ['EUR'], population = 2000 } = change;
  const country: CountryRecord = {
    code: 'AQ',
    alpha3: 'ATA',
    numeric: '010',
    name: 'Antarctica',
    officialName: null,
    capitals: ['Havana'],
    region: null,
    subregion: null,
    population,
    areaKm2: null,
    flagUrl: null,
    currencies: currencies.map((code) => ({ code, name: null, symbol: null })),
  };
  const rates = Object.entries({ CUP: 24, EUR: 0.5 });
  return {
    countries: answer('csc', [country]),
    rates: answer(
      'currency-api',
      rates.map(([currency, rate]) => ({ currency, rate, observedOn: '2026-09-29' })),
    ),
    gdp: answer('world-bank', [{ code: 'AQ', perCapita: 1000.5, year: 2025 }]),
    warnings: [],
  };
}

function answer<T>(source: string, records: T[]): SourceAnswer<T> {
  const use = { source, url: 'http://x', observedAt: null, licence: 'x', attribution: 'x', bundled: false };
  return { records, received: records.length, warnings: [], use };
}

function nothing(): Stored {
  const none = { countries: new Map(), currencies: new Map(), rates: new Map(), quarantined: new Map() };
  return { ...none, links: [], excluded: new Set(), sources: [], refreshedAt: null };
}

function storing(countries: CountryRow[]): Stored {
  const links = [{ country_code: 'AQ', currency_code: 'EUR', position: 0 }];
  return { ...nothing(), countries: new Map(countries.map((row) => [row.code, row])), links };
}
