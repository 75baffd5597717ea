import { sql } from 'kysely';
import { createConnection } from 'mysql2/promise';
import { expect } from 'vitest';
import { connectDatabase } from '../../../../src/db/connect.js';
import type { Database } from '../../../../src/db/database.js';
import type { Environment } from '../../../../src/env.js';
import { startApp, type TestApp } from '../../../app.js';
import { createEmptyDatabase, mysqlUrl } from '../../../databases.js';

/** A server with a setting, and an ordinary user with an empty database on it. */
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
  /** Closes what was opened, and takes the setting back. */
  close(): Promise<void>;
}

export async function openScene(server: string, set: readonly string[], unset: readonly string[]): Promise<Scene> {
  const opened: { close(): Promise<void> }[] = [];
  const { url: adminUrl, drop } = await createEmptyDatabase('mysql', server);
  const user = new URL(adminUrl).pathname.slice(1);
  // Not as the program does, which refuses some of the settings.
  const administer = async (statement: string) => {
    const connection = await createConnection(server);
    await connection.query(statement).finally(() => connection.end());
  };
  const administerAll = async (statements: readonly string[]) => {
    for (const statement of statements) await administer(statement);
  };
  await administerAll([`create user '${user}'@'%' identified by 'secret'`, `grant all on ${user}.* to '${user}'@'%'`]);
  const url = mysqlUrl({ database: user, user, password: 'secret', server });
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
      await administer(`drop user '${user}'@'%'`);
      await drop();
    },
  };
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

export async function stats({ post }: TestApp): Promise<unknown> {
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
