import type { Kysely } from 'kysely';
import type { Database, Statement } from './database.js';
import type { AnyTables, SqlDialect } from './dialect.js';
import type { Tables } from './tables.js';

/** See Database.upsert. The statements are compiled without a connection. */
export function createUpsert(kysely: Kysely<Tables>, dialect: SqlDialect): Database['upsert'] {
  // One cast: Kysely cannot follow a table's name that is a type parameter.
  const anyKysely = kysely as unknown as Kysely<AnyTables>;
  return (table, rows, key, batchSize) => {
    const anyRows = rows as readonly unknown[] as readonly AnyRow[];
    const columns = Object.keys(anyRows[0] ?? {});
    const size = Math.min(batchSize, Math.floor(dialect.maxParameters / Math.max(1, columns.length)));
    const toUpdate = columns.filter((column) => !(key as readonly string[]).includes(column));
    return batches(inOrderOf(key, anyRows), size).map(
      (batch): Statement =>
        dialect.updateOnConflict(anyKysely.insertInto<string>(table).values(batch), key, toUpdate),
    );
  };
}

type AnyRow = Record<string, unknown>;

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

function batches<T>(rows: readonly T[], size: number): T[][] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.slice(index * size, (index + 1) * size));
}
