import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { createTables } from './create-table.js';

export async function createFirstTables(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const code = types.text(3);
  const word = types.text(64);
  const name = types.text(255);
  await createTables(kysely, types, [
    {
      name: 'countries',
      columns: {
        code: `${code} not null`,
        alpha3: `${code} not null`,
        numeric_code: code,
        name: `${name} not null`,
        official_name: name,
        capitals: `${types.longText} not null`,
        region: word,
        subregion: word,
        population: types.integer,
        area_km2: types.double,
        flag_url: types.longText,
        currency_code: code,
        exchange_rate: types.double,
        gdp_per_capita: types.double,
        gdp_year: types.integer,
        estimated_gdp: types.double,
        gdp_method: `${word} not null`,
        gdp_reason: name,
        source: `${word} not null`,
        last_refreshed_at: `${types.timestamp} not null`,
      },
      primaryKey: ['code'],
      options: types.tableOptions,
    },
    {
      name: 'country_currencies',
      columns: {
        country_code: `${code} not null`,
        currency_code: `${code} not null`,
        position: `${types.integer} not null`,
      },
      primaryKey: ['country_code', 'currency_code'],
      partOf: { column: 'country_code', table: 'countries', key: 'code' },
      options: types.narrowTableOptions,
    },
    {
      name: 'currencies',
      columns: { code: `${code} not null`, name, symbol: word },
      primaryKey: ['code'],
      options: types.narrowTableOptions,
    },
    {
      name: 'exchange_rates',
      columns: {
        currency_code: `${code} not null`,
        observed_on: `${types.day} not null`,
        rate: `${types.double} not null`,
        source: `${word} not null`,
      },
      primaryKey: ['currency_code', 'observed_on'],
      options: types.narrowTableOptions,
    },
    {
      name: 'refreshes',
      columns: {
        id: `${word} not null`,
        state: `${word} not null`,
        started_at: `${types.timestamp} not null`,
        finished_at: types.timestamp,
        report: `${types.longText} not null`,
      },
      primaryKey: ['id'],
      indexes: { refreshes_started_at: ['started_at', 'id'] },
      options: types.tableOptions,
    },
  ]);
}
