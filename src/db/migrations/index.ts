import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../database.js';
import { createFirstTables } from './0001-initial.js';
import { createRefreshMemory } from './0003-refresh-memory.js';
import { createDataVersion } from './0004-data-version.js';

/** In the order they run. A migration that has been released is never changed: a correction is a new one. */
export const migrations: Record<string, (kysely: Kysely<unknown>, types: ColumnTypes) => Promise<void>> = {
  '0001-initial': createFirstTables,
  '0003-refresh-memory': createRefreshMemory,
  '0004-data-version': createDataVersion,
};
