import { type Kysely, type RawBuilder, sql } from 'kysely';
import { DatabaseUnavailableError } from '../../errors.js';
import type { ColumnTypes } from '../database.js';

export interface TableDefinition {
  name: string;
  /** Column name to type, with `not null` where that holds. */
  columns: Record<string, string>;
  primaryKey: string[];
  /** Index name to columns. None is unique: the primary key alone decides what an upsert updates. */
  indexes?: Record<string, string[]>;
  /** Column to the table whose rows it names; its rows go with those. */
  partOf?: { column: string; table: string; key: string };
  options: string;
}

/**
 * Creates the tables that are not there yet, for a server that cannot undo `create table` may have been left with
 * some of them. A table of somebody else is not taken for our own.
 */
export async function createTables(
  kysely: Kysely<unknown>,
  types: ColumnTypes,
  tables: readonly TableDefinition[],
): Promise<void> {
  await refuseForeignTables(kysely, tables);
  for (const table of tables) {
    await createTable(kysely, types, table);
  }
}

async function refuseForeignTables(
  kysely: Kysely<unknown>,
  tables: readonly TableDefinition[],
): Promise<void> {
  for (const found of await kysely.introspection.getTables()) {
    const wanted = tables.find((table) => table.name === found.name);
    if (!wanted) continue;
    const names = Object.keys(wanted.columns);
    // Later migrations add columns behind these.
    const columns = found.columns.map((column) => column.name).slice(0, names.length);
    if (columns.join() !== names.join()) {
      throw new DatabaseUnavailableError(
        `The database already has a table "${found.name}" that is not this program's: use an empty database`,
      );
    }
  }
}

async function createTable(
  kysely: Kysely<unknown>,
  types: ColumnTypes,
  table: TableDefinition,
): Promise<void> {
  const indexes = Object.entries(table.indexes ?? {});
  const lines = [
    ...Object.entries(table.columns).map(([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`),
    sql`primary key (${ids(table.primaryKey)})`,
    ...foreignKey(table),
    ...(types.indexesInTable
      ? indexes.map(([name, columns]) => sql`index ${sql.id(name)} (${ids(columns)})`)
      : []),
  ];
  await sql`create table if not exists ${sql.id(table.name)} (${sql.join(lines)}) ${sql.raw(table.options)}`.execute(
    kysely,
  );
  for (const [name, columns] of types.indexesInTable ? [] : indexes) {
    await sql`create index if not exists ${sql.id(name)} on ${sql.id(table.name)} (${ids(columns)})`.execute(
      kysely,
    );
  }
}

function foreignKey({ partOf }: TableDefinition): RawBuilder<unknown>[] {
  return partOf
    ? [
        sql`foreign key (${sql.id(partOf.column)}) references ${sql.id(partOf.table)} (${sql.id(partOf.key)}) on delete cascade`,
      ]
    : [];
}

function ids(names: readonly string[]): RawBuilder<unknown> {
  return sql.join(names.map((name) => sql.id(name)));
}
