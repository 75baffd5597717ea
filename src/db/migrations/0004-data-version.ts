import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { createTables } from './create-table.js';

/** One row with one number, which every write of data counts up. */
export async function createDataVersion(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await createTables(kysely, types, [
    {
      name: 'data_version',
      columns: { id: `${types.integer} not null`, version: `${types.integer} not null` },
      primaryKey: ['id'],
      options: types.narrowTableOptions,
    },
  ]);
  const { rows } = await sql`select id from data_version`.execute(kysely);
  if (rows.length === 0) await sql`insert into data_version (id, version) values (1, 0)`.execute(kysely);
}
