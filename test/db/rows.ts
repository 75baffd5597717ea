import type { CountryRow, ExchangeRateRow } from '../../src/db/tables.js';

export function countryRow(code: string, changes: Partial<CountryRow> = {}): CountryRow {
  return {
    code,
    alpha3: `${code}X`,
    numeric_code: '001',
    name: `Country ${code}`,
    official_name: null,
    capitals: '["Capital"]',
    region: 'Europe',
    subregion: 'Western Europe',
    population: 1_000_000,
    area_km2: 1234.5,
    flag_url: null,
    currency_code: 'EUR',
    exchange_rate: 0.9,
    gdp_per_capita: 50_000.25,
    gdp_year: 2024,
    estimated_gdp: 50_000_250_000,
    gdp_method: 'per-capita',
    gdp_reason: null,
    source: 'test',
    last_refreshed_at: '2026-01-01 00:00:00.123',
    observed_on: '2025-12-31',
    population_source: 'test',
    population_observed_on: '2025-12-31',
    gdp_source: 'test',
    ...changes,
  };
}

/** AA, AB, AC and so on: 676 of them. */
export function codes(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
  );
}

export function rateRow(currency: string, rate: number, day = '2026-01-01'): ExchangeRateRow {
  return { currency_code: currency, observed_on: day, rate, source: 'test' };
}
