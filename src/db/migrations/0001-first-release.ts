import { type Kysely, type RawBuilder, sql } from 'kysely';
import { DatabaseUnavailableError } from '../../errors.js';
import type { ColumnTypes } from '../database.js';

/** From the first release on, a migration is never changed: a correction is a new one. */
export async function createFirstTables(kysely: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const code = types.text(3);
  const word = types.text(64);
  const name = types.text(255);
  const rate = {
    currency_code: `${code} not null`,
    observed_on: `${types.day} not null`,
    rate: `${types.double} not null`,
    source: `${word} not null`,
  };
  await createTables(kysely, types, [
    {
      name: 'countries',
      columns: {
        code: `${code} not null`,
        alpha3: `${code} not null`,
        numeric_code: code,
        name: `${name} not null`,
        official_name: name,
        capitals: `${types.longText} not null`,
        region: word,
        subregion: word,
        population: types.integer,
        area_km2: types.double,
        flag_url: types.longText,
        currency_code: code,
        exchange_rate: types.double,
        gdp_per_capita: types.double,
        gdp_year: types.integer,
        estimated_gdp: types.double,
        gdp_method: `${word} not null`,
        gdp_reason: name,
        source: `${word} not null`,
        last_refreshed_at: `${types.timestamp} not null`,
      },
      primaryKey: ['code'],
    },
    {
      name: 'country_currencies',
      columns: {
        country_code: `${code} not null`,
        currency_code: `${code} not null`,
        position: `${types.integer} not null`,
      },
      primaryKey: ['country_code', 'currency_code'],
      partOf: { column: 'country_code', table: 'countries', key: 'code' },
    },
    { name: 'currencies', columns: { code: `${code} not null`, name, symbol: word }, primaryKey: ['code'] },
    { name: 'exchange_rates', columns: rate, primaryKey: ['currency_code', 'observed_on'] },
    { name: 'held_rates', columns: rate, primaryKey: ['currency_code'] },
    {
      name: 'removed_countries',
      columns: { code: `${code} not null`, name: `${name} not null`, removed_at: `${types.timestamp} not null` },
      primaryKey: ['code'],
    },
    {
      name: 'refreshes',
      columns: {
        id: `${word} not null`,
        state: `${word} not null`,
        started_at: `${types.timestamp} not null`,
        finished_at: types.timestamp,
        report: `${types.longText} not null`,
      },
      primaryKey: ['id'],
      indexes: { refreshes_started_at: ['started_at', 'id'] },
    },
    {
      name: 'refresh_lease',
      columns: {
        name: `${word} not null`,
        holder: `${word} not null`,
        token: `${types.integer} not null`,
        beat: `${types.integer} not null`,
        renewed_at: `${types.timestamp} not null`,
        cancelled: `${word} not null`,
        report: `${types.longText} not null`,
      },
      primaryKey: ['name'],
    },
    {
      name: 'data_version',
      columns: { id: `${types.integer} not null`, version: `${types.integer} not null` },
      primaryKey: ['id'],
    },
  ]);
  await addOnlyRows(kysely);
}

/** Each of these tables has exactly one row. */
async function addOnlyRows(kysely: Kysely<unknown>): Promise<void> {
  const leases = await sql`select name from refresh_lease`.execute(kysely);
  if (leases.rows.length === 0) {
    await sql`
      insert into refresh_lease (name, holder, token, beat, renewed_at, cancelled, report)
      values ('refresh', '', 0, 0, '2000-01-01 00:00:00.000', '', '')`.execute(kysely);
  }
  const versions = await sql`select id from data_version`.execute(kysely);
  if (versions.rows.length === 0) {
    await sql`insert into data_version (id, version) values (1, 0)`.execute(kysely);
  }
}

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
async function createTables(
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
