import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, Migrator } from 'kysely';
import { backoffMs, retryWhile } from '../async.js';
import { DatabaseUnavailableError } from '../errors.js';
import type { ColumnTypes, SqlDialect } from './database.js';
import { createFirstTables } from './migrations/0001-first-release.js';
import { addSources } from './migrations/0002-where-figures-come-from.js';
import { addSequence } from './migrations/0003-order-of-reports.js';
import type { Tables } from './tables.js';

/** In the order in which they run. */
export const MIGRATIONS: Record<string, (kysely: Kysely<unknown>, types: ColumnTypes) => Promise<void>> = {
  '0001-first-release': createFirstTables,
  '0002-where-figures-come-from': addSources,
  '0003-order-of-reports': addSequence,
};

/** Databases from before the first release have this one, and up to three more. */
const PRE_RELEASE = '0001-initial';

/** One of them is in every database of ours. */
const FIRST = [PRE_RELEASE, ...Object.keys(MIGRATIONS).slice(0, 1)];

/**
 * See Database.migrate. The migrator takes a lock, but the nodes of a cluster have one each: those that migrate at the
 * same time may get into each other's way. Every migration can go on where another has left off.
 */
export function migrate(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  onOutdated: () => void = () => undefined,
): Promise<string[]> {
  const nextDelayMs = (error: unknown, retries: number) => {
    const isFinal = error instanceof DatabaseUnavailableError && !dialect.isConflict(error);
    return isFinal || retries === MAX_RETRIES ? null : backoffMs(200, retries);
  };
  return retryWhile(() => migrateOnce(kysely, dialect, onOutdated), nextDelayMs);
}

const MAX_RETRIES = 5;

async function migrateOnce(kysely: Kysely<Tables>, dialect: SqlDialect, onOutdated: () => void): Promise<string[]> {
  // The usual case, in one round trip. The migrator takes eight.
  if (await isUpToDate(kysely)) return [];
  onOutdated();
  const migrations = Object.entries(MIGRATIONS).map(([name, migrateUp]) => {
    return [name, { up: (db: Kysely<unknown>) => migrateUp(db, dialect.columnTypes) }];
  });
  const provider = { getMigrations: async () => Object.fromEntries(migrations) };
  const migrator = new Migrator({ db: kysely, provider });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return results.map((result) => result.migrationName);
  await refuseUnknownMigrations(kysely, dialect, error);
  throw error;
}

async function isUpToDate(kysely: Kysely<Tables>): Promise<boolean> {
  const executed = await executedMigrations(kysely).catch((error: unknown): string[] => {
    // Other errors than a missing table would also fail the migrations.
    if (error instanceof DatabaseUnavailableError) throw error;
    return [];
  });
  return executed.join() === Object.keys(MIGRATIONS).join();
}

/** The names of the completed migrations, in order. Fails if there has never been one. */
async function executedMigrations(kysely: Kysely<Tables>): Promise<string[]> {
  const withOwnTable = kysely as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await withOwnTable.selectFrom('kysely_migration').select('name').execute();
  return rows.map((row) => row.name).sort();
}

async function refuseUnknownMigrations(kysely: Kysely<Tables>, { label }: SqlDialect, cause: unknown): Promise<void> {
  const executed = await executedMigrations(kysely).catch((): string[] => []);
  const unknown = executed.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return;
  const message = !executed.some((name) => FIRST.includes(name))
    ? `The database ${label} has the migrations of another program (${unknown.slice(0, 3).join(', ')}): use an empty database`
    : executed.includes(PRE_RELEASE)
      ? `The database ${label} is from before the first release and cannot be upgraded: delete it, or use another database, and run a refresh`
      : `The database ${label} belongs to a newer version of this program (it has ${unknown.join(', ')}): run that version, or use another database`;
  throw new DatabaseUnavailableError(message, cause);
}

/** See Database.checkReady. A newer schema passes: during an upgrade the older version goes on serving. */
export async function checkReady(kysely: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const executed = await Promise.race([migrationsOf(kysely, dialect), failAfterTimeout(dialect)]);
  if (!Object.keys(MIGRATIONS).every((name) => executed.includes(name))) throw notMigrated(dialect);
}

async function migrationsOf(kysely: Kysely<Tables>, dialect: SqlDialect): Promise<string[]> {
  try {
    return await executedMigrations(kysely);
  } catch (error) {
    throw error instanceof DatabaseUnavailableError ? error : notMigrated(dialect, error);
  }
}

function notMigrated({ label }: SqlDialect, cause?: unknown): DatabaseUnavailableError {
  const message = `The database ${label} lacks tables of this version: run "country-exchange migrate"`;
  return new DatabaseUnavailableError(message, cause);
}

/** Health checks repeat every few seconds: they need an answer even when the network is down. */
const READY_TIMEOUT_MS = 5_000;

async function failAfterTimeout({ label }: SqlDialect): Promise<never> {
  await delay(READY_TIMEOUT_MS, undefined, { ref: false });
  throw new DatabaseUnavailableError(`The database ${label} did not answer within ${READY_TIMEOUT_MS} ms`);
}
