import { type Kysely, type RawBuilder, sql } from 'kysely';
import { DatabaseUnavailableError } from '../../errors.js';
import type { ColumnTypes } from '../database.js';

interface TableDefinition {
  name: string;
  /** Column name to type, with `not null` where that applies. */
  columns: Record<string, string>;
  primaryKey: string[];
  /** Index name to columns. None is unique: the primary key alone decides what an upsert updates. */
  indexes?: Record<string, string[]>;
  /** A foreign key: rows are deleted with the row that this column refers to. */
  partOf?: { column: string; table: string; key: string };
}

/**
 * Creates the tables that do not exist yet: a server that cannot roll back `create table` may have some of them after a
 * crash. Tables of another program are refused.
 */
export async function createTables(
  kysely: Kysely<unknown>,
  types: ColumnTypes,
  tables: readonly TableDefinition[],
): Promise<void> {
  await refuseForeignTables(kysely, tables);
  for (const table of tables) await createTable(kysely, types, table);
}

async function refuseForeignTables(kysely: Kysely<unknown>, tables: readonly TableDefinition[]): Promise<void> {
  for (const found of await kysely.introspection.getTables()) {
    const wanted = tables.find((table) => table.name === found.name);
    if (!wanted) continue;
    const expected = Object.keys(wanted.columns);
    // Later migrations add columns behind these.
    const columns = found.columns.map((column) => column.name).slice(0, expected.length);
    if (columns.join() !== expected.join()) {
      throw new DatabaseUnavailableError(
        `The database already has a table "${found.name}" of another program: use an empty database`,
      );
    }
  }
}

async function createTable(
  kysely: Kysely<unknown>,
  types: ColumnTypes,
  { name, columns, primaryKey, indexes = {}, partOf }: TableDefinition,
): Promise<void> {
  const indexesInside = types.indexesInTable ? Object.entries(indexes) : [];
  const lines = [
    ...Object.entries(columns).map(([column, type]) => sql`${sql.id(column)} ${sql.raw(type)}`),
    sql`primary key (${ids(primaryKey)})`,
    ...(partOf ? [foreignKey(partOf)] : []),
    ...indexesInside.map(([index, indexed]) => sql`index ${sql.id(index)} (${ids(indexed)})`),
  ];
  const options = sql.raw(types.tableOptions);
  await sql`create table if not exists ${sql.id(name)} (${sql.join(lines)}) ${options}`.execute(kysely);
  for (const [index, indexed] of types.indexesInTable ? [] : Object.entries(indexes)) {
    const target = sql`${sql.id(name)} (${ids(indexed)})`;
    await sql`create index if not exists ${sql.id(index)} on ${target}`.execute(kysely);
  }
}

function foreignKey({ column, table, key }: NonNullable<TableDefinition['partOf']>): RawBuilder<unknown> {
  const target = sql`${sql.id(table)} (${sql.id(key)})`;
  return sql`foreign key (${sql.id(column)}) references ${target} on delete cascade`;
}

function ids(names: readonly string[]): RawBuilder<unknown> {
  return sql.join(names.map((name) => sql.id(name)));
}
