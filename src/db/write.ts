import { setImmediate as turn } from 'node:timers/promises';
import { type InsertQueryBuilder, type InsertResult, type Kysely, sql } from 'kysely';
import { backoffMs, retryWhile } from '../async.js';
import { bumpVersion } from './data-version.js';
import type { Database, SqlDialect, Statements, WriteAtomicallyOptions } from './database.js';
import type { Tables } from './tables.js';

/** A table whose name and columns are only known at run time. */
type AnyRow = Record<string, unknown>;
type AnyTables = Record<string, AnyRow>;
type AnyInsert = InsertQueryBuilder<AnyTables, string, InsertResult>;

/**
 * See Database.upsert: multi-row inserts in batches (of 100 rows, unless REFRESH_BATCH_SIZE says otherwise). A batch is
 * compiled when it is sent, so that a large set is never in memory as SQL.
 */
export function createUpsert(kysely: Kysely<Tables>, dialect: SqlDialect): Database['upsert'] {
  // One cast: Kysely cannot follow a table name that is a type parameter.
  const anyKysely = kysely as unknown as Kysely<AnyTables>;
  return (table, rows, key, batchSize) => {
    const anyRows = rows as readonly unknown[] as readonly AnyRow[];
    const columns = Object.keys(anyRows[0] ?? {});
    const size = Math.min(batchSize, Math.floor(dialect.maxParameters / Math.max(1, columns.length)));
    const compile = (batch: readonly AnyRow[]) =>
      updateExisting(anyKysely.insertInto<string>(table).values(batch), dialect, key, columns).compile();
    const batches = chunk(sortedBy(key, anyRows), size, dialect.maxStatementBytes);
    return Array.from(batches, (batch) => ({ compile: () => compile(batch) }));
  };
}

/** Updates the rows that exist already; if there is no column but the key, they stay as they are. */
function updateExisting(
  insert: AnyInsert,
  { upsertSyntax }: SqlDialect,
  key: readonly string[],
  columns: readonly string[],
): AnyInsert {
  const others = columns.filter((column) => !key.includes(column));
  if (upsertSyntax === 'onConflict') {
    const excluded = others.map((column) => [column, sql`excluded.${sql.ref(column)}`]);
    return insert.onConflict((conflict) =>
      others.length === 0
        ? conflict.columns(key).doNothing()
        : conflict.columns(key).doUpdateSet(Object.fromEntries(excluded)),
    );
  }
  // MySQL 8 prefers a row alias to values(), which MariaDB does not support. `insert ignore` would also ignore invalid
  // values; setting the key to itself does not.
  const inserted = (others.length > 0 ? others : key).map((column) => [column, sql`values(${sql.ref(column)})`]);
  return insert.onDuplicateKeyUpdate(Object.fromEntries(inserted));
}

/** Two writers that lock rows in the same order wait for each other instead of deadlocking. */
function sortedBy(key: readonly string[], rows: readonly AnyRow[]): AnyRow[] {
  return rows.toSorted((a, b) => {
    const column = key.find((name) => a[name] !== b[name]);
    return column === undefined ? 0 : (a[column] as string) < (b[column] as string) ? -1 : 1;
  });
}

/** Yields one chunk at a time. `maxBytes` is for the values as JSON, which is about what they are in SQL. */
export function* chunk<T extends object | string>(
  items: Iterable<T>,
  size: number,
  maxBytes = Number.POSITIVE_INFINITY,
): Generator<T[]> {
  let current: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes =
      maxBytes === Number.POSITIVE_INFINITY ? 0 : Buffer.byteLength(JSON.stringify(Object.values(item)));
    if (current.length > 0 && (current.length >= size || bytes + itemBytes > maxBytes)) {
      yield current;
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += itemBytes;
  }
  if (current.length > 0) yield current;
}

/** See Database.writeAtomically. */
export async function writeAtomically(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  statements: Statements,
  options: WriteAtomicallyOptions = {},
): Promise<void> {
  if (isEmpty(statements)) return;
  await retryWhile(() => writeOnce(kysely, statements, options), afterConflicts(dialect.isConflict));
}

function isEmpty(statements: Statements): boolean {
  for (const _ of statements) return false;
  return true;
}

async function writeOnce(
  kysely: Kysely<Tables>,
  statements: Statements,
  { onProgress, keepsDataVersion = false }: WriteAtomicallyOptions,
): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    let done = 0;
    for (const statement of statements) {
      await transaction.executeQuery(statement.compile());
      done += 1;
      onProgress?.(done);
      // SQLite runs synchronously: without this, a long write would block everything else, such as the heartbeat.
      await turn();
    }
    if (!keepsDataVersion) await transaction.executeQuery(bumpVersion(kysely).compile());
  });
}

const MAX_RETRIES = 5;

/** Retries deadlocks and lock waits that timed out, after up to 50, 100, 200, 400 and 800 ms. */
export function afterConflicts(isConflict: (error: unknown) => boolean) {
  return (error: unknown, retries: number): number | null =>
    retries < MAX_RETRIES && isConflict(error) ? backoffMs(50, retries) : null;
}
