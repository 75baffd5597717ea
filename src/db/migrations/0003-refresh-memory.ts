import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { createTables } from './create-table.js';

/** What a refresh has to know of those before it, and of those that other processes run. */
export async function createRefreshMemory(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const code = `${types.text(3)} not null`;
  const word = `${types.text(64)} not null`;
  await createTables(kysely, types, [
    {
      name: 'removed_countries',
      columns: { code, name: `${types.text(255)} not null`, removed_at: `${types.timestamp} not null` },
      primaryKey: ['code'],
      options: types.narrowTableOptions,
    },
    {
      name: 'held_rates',
      columns: {
        currency_code: code,
        observed_on: `${types.day} not null`,
        rate: `${types.double} not null`,
        source: word,
      },
      primaryKey: ['currency_code'],
      options: types.narrowTableOptions,
    },
    {
      name: 'refresh_lease',
      columns: {
        name: word,
        holder: word,
        token: `${types.integer} not null`,
        beat: `${types.integer} not null`,
        renewed_at: `${types.timestamp} not null`,
        cancelled: word,
        report: `${types.longText} not null`,
      },
      primaryKey: ['name'],
      options: types.tableOptions,
    },
  ]);
  await addLease(kysely);
}

async function addLease(kysely: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select name from refresh_lease`.execute(kysely);
  if (rows.length > 0) return;
  await sql`
    insert into refresh_lease (name, holder, token, beat, renewed_at, cancelled, report)
    values ('refresh', '', 0, 0, '2000-01-01 00:00:00.000', '', '')`.execute(kysely);
}
