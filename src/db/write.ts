import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { CompiledQuery, type Kysely } from 'kysely';
import { countUp } from './data-version.js';
import type {
  AnyTables,
  Database,
  SqlDialect,
  Statement,
  Statements,
  WriteAtomicallyOptions,
} from './database.js';
import type { Tables } from './tables.js';

/** See Database.upsert. The statements are compiled without a connection, and not before somebody wants to send them. */
export function createUpsert(kysely: Kysely<Tables>, dialect: SqlDialect): Database['upsert'] {
  const textOf = rememberingTexts(kysely, dialect);
  return (table, rows, key, batchSize) => {
    const anyRows = rows as readonly unknown[] as readonly AnyRow[];
    // In one order, wherever the rows come from: then their statements have one text.
    const columns = Object.keys(anyRows[0] ?? {}).sort();
    const size = Math.min(batchSize, Math.floor(dialect.maxParameters / Math.max(1, columns.length)));
    const target = { table, columns, key };
    const statementOf = (batch: readonly AnyRow[]): Statement => ({
      compile: () => CompiledQuery.raw(textOf(target, batch), valuesOf(batch, columns)),
    });
    return Array.from(batches(inOrderOf(key, anyRows), size), statementOf);
  };
}

type AnyRow = Record<string, unknown>;

interface Target {
  table: string;
  columns: readonly string[];
  key: readonly string[];
}

/** More than a refresh has, and little: a text of 100 rows has some 10 kB. */
const MAX_TEXTS = 30;

/**
 * The text of a statement depends on its table and the number of its rows alone: Kysely compiles the first of a kind,
 * which takes a hundred times as long as to bind the values of another.
 */
function rememberingTexts(kysely: Kysely<Tables>, dialect: SqlDialect) {
  // One cast: Kysely cannot follow a table's name that is a type parameter.
  const anyKysely = kysely as unknown as Kysely<AnyTables>;
  const texts = new Map<string, string>();
  return ({ table, columns, key }: Target, batch: readonly AnyRow[]): string => {
    const kind = [batch.length, table, ...key, '', ...columns].join(' ');
    const known = texts.get(kind);
    if (known !== undefined) return known;
    const toUpdate = columns.filter((column) => !key.includes(column));
    const anyRow = Object.fromEntries(columns.map((column) => [column, null]));
    const insert = anyKysely.insertInto<string>(table).values(batch.map(() => anyRow));
    const { sql } = dialect.updateOnConflict(insert, key, toUpdate).compile();
    if (texts.size === MAX_TEXTS) texts.clear();
    texts.set(kind, sql);
    return sql;
  };
}

function valuesOf(batch: readonly AnyRow[], columns: readonly string[]): unknown[] {
  const values: unknown[] = [];
  for (const row of batch) {
    for (const column of columns) values.push(row[column]);
  }
  return values;
}

/** Two writers that lock the same rows in the same order wait for each other, where they would else deadlock. */
function inOrderOf(key: readonly string[], rows: readonly AnyRow[]): AnyRow[] {
  return rows.toSorted((a, b) => {
    const column = key.find((name) => a[name] !== b[name]);
    return column === undefined ? 0 : compare(a[column], b[column]);
  });
}

function compare(a: unknown, b: unknown): number {
  return (a as string) < (b as string) ? -1 : 1;
}

/** In the order of the rows, at most `size` in each; one after the other, so that a large set is never there twice. */
export function* batches<T>(rows: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** See Database.writeAtomically. This is the only place that executes statements. */
export async function writeAtomically(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  statements: Statements,
  options: WriteAtomicallyOptions = {},
): Promise<void> {
  if (isEmpty(statements)) {
    return;
  }
  for (let retriesLeft = maxRetries; ; retriesLeft--) {
    try {
      return await writeOnce(kysely, statements, options);
    } catch (error) {
      if (retriesLeft === 0 || !dialect.isConflict(error)) {
        throw error;
      }
      await delay(backOffMs(maxRetries - retriesLeft));
    }
  }
}

export const maxRetries = 5;

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
      // SQLite answers before the event loop has turned: without this, a long write would hold up whatever else the
      // thread has to do, such as the signs of life of its refresh.
      await turn();
    }
    if (!keepsDataVersion) await transaction.executeQuery(countUp(kysely).compile());
  });
}

function isEmpty(statements: Statements): boolean {
  for (const _ of statements) return false;
  return true;
}

/** Random, so that two writers who met do not meet again: up to 50, 100, 200, 400 and 800 ms. */
export function backOffMs(attempt: number): number {
  return Math.random() * 50 * 2 ** attempt;
}
