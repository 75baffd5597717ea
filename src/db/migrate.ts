import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, type Migration, Migrator } from 'kysely';
import { AppError, ConfigError, DatabaseUnavailableError } from '../errors.js';
import type { SqlDialect } from './database.js';
import { migrations } from './migrations/index.js';
import type { Tables } from './tables.js';

/** See Database.migrate. */
export async function migrate(kysely: Kysely<Tables>, dialect: SqlDialect): Promise<string[]> {
  // As at most starts. The migrator would find that out in eight round trips, this does in one.
  if (await isUpToDate(kysely)) return [];
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: async () => migrationsFor(dialect) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await expectNoNewerSchema(kysely, dialect, error);
    throw error;
  }
  return results.map((result) => result.migrationName);
}

/** See Database.isUpToDate. A name is there when all of its migration is done. */
export async function isUpToDate(kysely: Kysely<Tables>): Promise<boolean> {
  const executed = await executedMigrations(kysely).catch(noneYet);
  return executed.toSorted().join() === Object.keys(migrations).toSorted().join();
}

/** The names of the migrations that the database has seen; it fails when there has never been one. */
async function executedMigrations(kysely: Kysely<Tables>): Promise<string[]> {
  const withOwnTable = kysely as unknown as Kysely<{ kysely_migration: { name: string } }>;
  const rows = await withOwnTable.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}

/** The table of migrations is missing; whatever else is wrong is not mended by making it. */
function noneYet(error: unknown): string[] {
  if (error instanceof AppError || error instanceof ConfigError) throw error;
  return [];
}

function migrationsFor(dialect: SqlDialect): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, up]) => [name, { up: (db) => up(db, dialect.columnTypes) }]),
  );
}

async function expectNoNewerSchema(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  cause: unknown,
): Promise<void> {
  const executed = await executedMigrations(kysely).catch(() => []);
  const unknown = executed.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length > 0) {
    throw new DatabaseUnavailableError(
      `The database ${dialect.label} belongs to a newer version of this program (it has ${unknown.join(', ')}): run that version, or use another database`,
      cause,
    );
  }
}

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
