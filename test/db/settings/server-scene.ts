import { sql } from 'kysely';
import { createConnection } from 'mysql2/promise';
import { expect } from 'vitest';
import { connectDatabase } from '../../../src/db/connect.js';
import type { Database } from '../../../src/db/database.js';
import type { Environment } from '../../../src/env.js';
import { startApp, type TestApp } from '../../app.js';
import { createEmptyDatabase, onServer, type ServerDialect, serverUrl } from '../../databases.js';

export interface ServerSetting {
  /** As in the first column of the table in docs/operations.md. */
  setting: string;
  happens: string;
  /** Where the other kind of server has no such setting. */
  only?: 'MariaDB' | 'MySQL';
  /** Statements of an administrator; what `set global` sets is set to its default afterwards. */
  set: string[];
  /** Where that is not enough. */
  unset?: string[];
  /** Without it, everything must work. It applies the setting itself. */
  run?(scene: Scene): Promise<void>;
}

export const WORKS = 'works as elsewhere';
export const ENOUGH = 'works: queries wait for one of the connections that there are';
export const PATIENT = 'waits up to 10 s for the first connection';
export const READ_ONLY =
  'serves what is stored; a refresh fails with `DATABASE_UNAVAILABLE`, and the log says that the database is read-only';

/** A server with a setting, and an ordinary user with an empty database on it, which has the name of the user. */
export interface Scene {
  url: string;
  user: string;
  /** Runs a statement as the administrator. */
  administer(statement: string): Promise<void>;
  /** From now on the server has the setting, for new sessions. */
  apply(): Promise<void>;
  revoke(): Promise<void>;
  connect(): Promise<Database>;
  startApp(env?: Environment): Promise<TestApp>;
  /** Closes what was opened, and reverts the setting. */
  close(): Promise<void>;
}

export async function openScene(
  dialect: ServerDialect,
  server: string,
  set: readonly string[],
  unset: readonly string[],
): Promise<Scene> {
  const opened: { close(): Promise<void> }[] = [];
  const { url: adminUrl, drop } = await createEmptyDatabase(dialect, server);
  const user = new URL(adminUrl).pathname.slice(1);
  const administer = (statement: string) =>
    dialect === 'mysql' ? onMysql(server, statement) : onServer(dialect, statement, server);
  const administerAll = async (statements: readonly string[]) => {
    for (const statement of statements) await administer(statement);
  };
  const account = dialect === 'mysql' ? `'${user}'@'%'` : user;
  await administerAll(
    dialect === 'mysql'
      ? [`create user ${account} identified by 'secret'`, `grant all on ${user}.* to ${account}`]
      : [`create role ${account} login password 'secret'`, `alter database ${user} owner to ${account}`],
  );
  const url = serverUrl(dialect, { database: user, user, password: 'secret', server });
  const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.unshift(one);
    return one;
  };
  return {
    url,
    user,
    administer,
    apply: () => administerAll(set),
    revoke: () => administerAll(unset),
    connect: () => open(connectDatabase({ url, caFile: undefined, poolSize: 4, maxOverflow: 4 })),
    startApp: (env) => open(startApp(url, env)),
    async close() {
      for (const one of opened) await one.close();
      await administerAll(unset);
      await drop();
      await administer(`drop user ${account}`);
    },
  };
}

/** Not the way the program does it, which refuses some of the settings. */
async function onMysql(server: string, statement: string): Promise<void> {
  const connection = await createConnection(server);
  await connection.query(statement).finally(() => connection.end());
}

/** What works on every server: tables, refreshes, and queries that see at once what another process has written. */
export async function expectAllToWork(scene: Scene, env: Environment = {}): Promise<void> {
  const app = await scene.startApp(env);
  const { countries } = app.upstream.facts;
  const count = countries.length;
  expect(await refresh(app)).toEqual({ inserted: count, updated: 0, unchanged: 0 });
  for (const country of countries) country.population = (country.population ?? 0) + 1;
  expect(await refresh(app)).toEqual({ inserted: 0, updated: count, unchanged: 0 });
  expect(await stats(app)).toMatchObject({ count });
  const other = await scene.connect();
  const populate = other.kysely.updateTable('countries').set({ population: 1_000_000 });
  await other.writeAtomically([populate]);
  await expect.poll(() => stats(app), { timeout: 5_000 }).toEqual({ count, population: count * 1_000_000 });
  const { data } = await app.post('mutation { deleteCountry(code: "CH") { code } }');
  expect(data).toEqual({ deleteCountry: { code: 'CH' } });
  expect(await stats(app)).toMatchObject({ count: count - 1 });
  const { rows } = await sql`select * from country_currencies where country_code = 'CH'`.execute(other.kysely);
  expect(rows).toEqual([]);
}

export async function refresh({ post }: TestApp): Promise<unknown> {
  const { data, errors } = await post('mutation { refreshCountries { inserted updated unchanged } }');
  expect(errors).toEqual([]);
  return data?.refreshCountries;
}

async function stats({ post }: TestApp): Promise<unknown> {
  const { data, errors } = await post('{ countryStats { count population } }');
  expect(errors).toEqual([]);
  return (data as { countryStats: unknown[] }).countryStats[0];
}

export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('It did not fail'),
    (error: Error) => error,
  );
}

/** With fewer connections than queries. */
export async function expectEnough(scene: Scene): Promise<void> {
  const app = await scene.startApp();
  expect(await refresh(app)).toMatchObject({ inserted: 250 });
  const days = Array.from({ length: 40 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
  const answers = await Promise.all(
    days.map((day) =>
      app.post(`{ currency(code: "EUR") { rate(on: "${day.slice(0, 10)}") { rate } } }`).then((it) => it.errors),
    ),
  );
  expect(answers.flat()).toEqual([]);
  expect(await refresh(app)).toMatchObject({ unchanged: 250 });
}

export async function expectReadOnly(scene: Scene): Promise<void> {
  const app = await scene.startApp();
  expect(await refresh(app)).toMatchObject({ inserted: 250 });
  await scene.apply();
  const restarted = await scene.startApp();
  for (const server of [app, restarted]) expect(await stats(server)).toMatchObject({ count: 250 });
  await expectUnavailable(restarted, 'mutation { refreshCountries { inserted } }');
  const { kysely } = await scene.connect();
  const failure = await failureOf(kysely.deleteFrom('countries').execute());
  expect(failure.message).toMatch(/ is read-only: DATABASE_URL must name the primary server$/);
}

export async function expectUnavailable({ post }: TestApp, query: string): Promise<void> {
  const { errors } = await post(query);
  expect(errors[0]?.extensions?.code).toBe('DATABASE_UNAVAILABLE');
}
