import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { addColumns } from './add-columns.js';

/** The next refresh fills them; until then countries are found by their common names only. */
export async function addFoldedNames(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await addColumns(kysely, types, {
    table: 'countries',
    columns: {
      official_name_key: types.text(512),
      capitals_key: types.text(1024),
    },
    indexes: { countries_official_name_key: ['official_name_key', 'code'] },
  });
}
