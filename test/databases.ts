import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, inject } from 'vitest';
import { connectDatabase } from '../src/db/connect.js';
import type { Database, DatabaseOptions } from '../src/db/database.js';

export type DialectName = 'sqlite' | ServerDialect;
export type ServerDialect = 'mysql' | 'postgres';

/** The dialects that the database layer is tested on. SQLite is available everywhere. */
export const testDialects: readonly DialectName[] = (['sqlite', 'mysql', 'postgres'] as const).filter((dialect) =>
  dialect === 'sqlite' ? inject('testsSqlite') : inject(`${dialect}Server`),
);

/** Those for what builds on it: two of the three, so that a check takes minutes. With TEST_DATABASES, all that it lists. */
export const mostDialects = leavingOut('postgres');

/** The kinds of servers among them. */
export const serverDialects = testDialects.filter(isServer);
export const mostServerDialects = mostDialects.filter(isServer);

function leavingOut(dialect: DialectName): readonly DialectName[] {
  const left = process.env.TEST_DATABASES ? [] : testDialects.filter((it) => it !== dialect);
  return left.length > 0 ? left : testDialects;
}

function isServer(dialect: DialectName): dialect is ServerDialect {
  return dialect !== 'sqlite';
}

export interface TestDatabase {
  /** Migrated, and empty. */
  database: Database;
  /** For DATABASE_URL. */
  url: string;
  /** One more pool on the same data, as another process would have it. */
  connect(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** Closes all its connections and deletes the data. */
  remove(): Promise<void>;
}

type Suite = (open: () => Promise<TestDatabase>, dialect: DialectName) => void;

/** Runs the suite on each dialect. What `open` opened is removed after the suite. */
export function describeEachDatabase(suite: Suite): void {
  describeDatabases(testDialects, suite);
}

/** The same on `mostDialects`. */
export function describeMostDatabases(suite: Suite): void {
  describeDatabases(mostDialects, suite);
}

/** The suite on each kind of server, with its name in the title; skipped, and not missing, where there is no server. */
export const describeEachServer = describeServers(serverDialects);
export const describeMostServers = describeServers(mostServerDialects);

function describeServers(dialects: readonly ServerDialect[]) {
  return describe
    .skipIf(dialects.length === 0)
    .each<ServerDialect>(dialects.length > 0 ? dialects : ['mysql', 'postgres']);
}

/** The same for what hardly depends on the database, which runs on more than this one only with TEST_DATABASES. */
export function describeOneDatabase(dialect: DialectName, suite: Suite): void {
  describeDatabases(oneDialect(dialect), suite);
}

/** This one alone, where it can be tested on and TEST_DATABASES does not list others. */
export function oneDialect(dialect: DialectName): readonly DialectName[] {
  return testDialects.includes(dialect) && !process.env.TEST_DATABASES ? [dialect] : testDialects;
}

function describeDatabases(dialects: readonly DialectName[], suite: Suite): void {
  describe.each(dialects)('on %s', (dialect) => {
    const opened: TestDatabase[] = [];
    const open = async () => {
      const testDatabase = await createTestDatabase(dialect);
      opened.push(testDatabase);
      return testDatabase;
    };
    suite(open, dialect);
    afterAll(() => Promise.all(opened.map((testDatabase) => testDatabase.remove())));
  });
}

/** A fresh database of the dialect, migrated; on a server other than that of most tests if one is given. */
export async function createTestDatabase(dialect: DialectName, server?: string): Promise<TestDatabase> {
  const { url, drop } = await createEmptyDatabase(dialect, server);
  const opened: Database[] = [];
  const connect = async (options: Partial<DatabaseOptions> = {}) => {
    const database = await connectDatabase({
      url,
      caFile: undefined,
      poolSize: 4,
      maxOverflow: 4,
      ...options,
    });
    opened.push(database);
    return database;
  };
  const remove = async () => {
    await Promise.all(opened.map((database) => database.close()));
    await drop();
  };
  const database = await connect();
  await database.migrate();
  return { database, url, connect, remove };
}

/** The same without tables, and without a connection. */
export async function createEmptyDatabase(
  dialect: DialectName,
  server?: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `country_exchange_test_${randomUUID().slice(0, 8)}`;
  if (dialect === 'sqlite') {
    return { url: `sqlite:${join(inject('databaseFolder'), name)}.db`, drop: async () => undefined };
  }
  await onServer(dialect, `create database ${name}`, server);
  const drop = () => onServer(dialect, `drop database ${name}${dialect === 'postgres' ? ' with (force)' : ''}`, server);
  return { url: serverUrl(dialect, { database: name, server }), drop };
}

/** The URL of the test server with some of its parts changed. */
export function serverUrl(
  dialect: ServerDialect,
  parts: {
    database?: string;
    user?: string;
    password?: string;
    host?: string;
    port?: number;
    query?: string;
    /** A server other than that of most tests. */
    server?: string | undefined;
  },
): string {
  const url = new URL(parts.server ?? inject(`${dialect}Server`)?.url ?? `${dialect}://no-server-here`);
  url.pathname = parts.database ?? '';
  url.username = parts.user ?? url.username;
  url.password = encodeURIComponent(parts.password ?? decodeURIComponent(url.password));
  url.hostname = parts.host ?? url.hostname;
  url.port = String(parts.port ?? url.port);
  url.search = parts.query ?? url.search;
  return url.href;
}

/** Runs a statement as the administrator of the test server. */
export async function onServer(dialect: ServerDialect, statement: string, at?: string): Promise<void> {
  const database = dialect === 'mysql' ? 'information_schema' : 'postgres';
  const url = serverUrl(dialect, { database, server: at });
  const server = await connectDatabase({ url, caFile: undefined, poolSize: 1, maxOverflow: 0 });
  try {
    await sql.raw(statement).execute(server.kysely);
  } finally {
    await server.close();
  }
}

export function mysqlUrl(parts: Parameters<typeof serverUrl>[1]): string {
  return serverUrl('mysql', parts);
}

export function onMysqlServer(statement: string, at?: string): Promise<void> {
  return onServer('mysql', statement, at);
}
