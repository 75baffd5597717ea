import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { addColumns } from './0002-where-figures-come-from.js';

/** Reports are ordered by a count, because the clock of the process that wrote one may have been wrong. */
export function addSequence(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  return addColumns(kysely, 'refreshes', { sequence: `${types.integer} not null default 0` });
}
