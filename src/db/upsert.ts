import { CompiledQuery, type Kysely } from 'kysely';
import { batches } from './batches.js';
import type { Database, Statement } from './database.js';
import type { AnyTables, SqlDialect } from './dialect.js';
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
