import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from '../database.js';

export interface Addition {
  table: string;
  /** Column name to type. */
  columns: Record<string, string>;
  /** Index name to columns. */
  indexes: Record<string, string[]>;
}

/** Adds all of it or, where a process that was killed has already done so, nothing. */
export async function addColumns(
  kysely: Kysely<unknown>,
  types: ColumnTypes,
  { table, columns, indexes }: Addition,
): Promise<void> {
  const tables = await kysely.introspection.getTables();
  const known = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
  if (Object.keys(columns).every((column) => known.includes(column))) return;
  for (const change of types.indexesInTable ? together(columns, indexes) : apart(columns)) {
    await sql`alter table ${sql.id(table)} ${change}`.execute(kysely);
  }
  for (const [name, indexed] of types.indexesInTable ? [] : Object.entries(indexes)) {
    await sql`create index if not exists ${sql.id(name)} on ${sql.id(table)} (${sql.join(indexed.map((it) => sql.id(it)))})`.execute(
      kysely,
    );
  }
}

/** A server that cannot undo changes of tables makes each statement whole or not at all: so it is one statement. */
function together(columns: Addition['columns'], indexes: Addition['indexes']) {
  const added = Object.entries(indexes).map(
    ([name, indexed]) => sql`add index ${sql.id(name)} (${sql.join(indexed.map((it) => sql.id(it)))})`,
  );
  return [sql.join([...apart(columns), ...added])];
}

function apart(columns: Addition['columns']) {
  return Object.entries(columns).map(([name, type]) => sql`add column ${sql.id(name)} ${sql.raw(type)}`);
}
