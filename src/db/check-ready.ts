import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { DatabaseUnavailableError } from '../errors.js';
import type { SqlDialect } from './dialect.js';
import { executedMigrations } from './migrate.js';
import { migrations } from './migrations/index.js';
import type { Tables } from './tables.js';

/** See Database.checkReady. A newer schema passes: while versions are exchanged, the older one goes on serving. */
export async function checkReady(kysely: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const executed = await Promise.race([migrationsOf(kysely, dialect), failAfter(answerTimeoutMs, dialect)]);
  if (!Object.keys(migrations).every((name) => executed.includes(name))) {
    throw notMigrated(dialect);
  }
}

// A probe asks every few seconds and wants an answer meanwhile, even when the network swallows ours.
const answerTimeoutMs = 5_000;

async function migrationsOf(kysely: Kysely<Tables>, dialect: SqlDialect): Promise<string[]> {
  try {
    return await executedMigrations(kysely);
  } catch (error) {
    throw error instanceof DatabaseUnavailableError ? error : notMigrated(dialect, error);
  }
}

function notMigrated(dialect: SqlDialect, cause?: unknown): DatabaseUnavailableError {
  return new DatabaseUnavailableError(
    `The database ${dialect.label} lacks tables of this version: run "country-exchange migrate"`,
    cause,
  );
}

async function failAfter(timeoutMs: number, dialect: SqlDialect): Promise<never> {
  await delay(timeoutMs, undefined, { ref: false });
  throw new DatabaseUnavailableError(`The database ${dialect.label} did not answer within ${timeoutMs} ms`);
}
