import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, Statement, Writer } from '../../src/db/database.js';
import { LEASE_TIMES, RefreshLease } from '../../src/refresh/lease.js';
import { createTestDatabase, type ServerDialect, type TestDatabase } from '../databases.js';
import { type CuttingProxy, startProxy } from './cutting-proxy.js';
import { countryRow } from './rows.js';
import { type Sessions, sessionsOf } from './sessions.js';

/** A database, and a route to it that can be cut. */
export interface BatchStage {
  test: TestDatabase;
  proxy: CuttingProxy;
  /** The same data through the proxy. */
  far: Database;
  connectThrough(proxy: CuttingProxy): Promise<Database>;
  sessions: Sessions;
  /** Ends the writers' connections, where they are not closed with the writer. */
  dropFar(): Promise<void>;
  /** The writers' sessions at the server, including those about to end. */
  writers(): Promise<number[]>;
  warnings: string[];
  remove(): Promise<void>;
}

/** On PostgreSQL a writer takes a connection from the pool: with a pool of one, it is known which. */
const POOLS = { mysql: {}, postgres: { poolSize: 1, maxOverflow: 0 } };

const grant = { id: 'ours', token: 7, abandoned: null };

export async function openStage(dialect: ServerDialect): Promise<BatchStage> {
  const test = await createTestDatabase(dialect);
  const sessions = sessionsOf(test.database);
  const proxy = await startProxy(Number(new URL(test.url).port));
  const warnings: string[] = [];
  const connectThrough = ({ port }: CuttingProxy) => {
    const url = Object.assign(new URL(test.url), { port: String(port) }).href;
    return test.connect({ url, onWarning: (message) => warnings.push(message), ...POOLS[dialect] });
  };
  const far = await connectThrough(proxy);
  const isPooled = dialect === 'postgres';
  const others = isPooled ? [test.database] : [test.database, far];
  const known = new Set((await Promise.all(others.map((database) => openPool(database, sessions)))).flat());
  const dropFar = async () => {
    if (!isPooled) return;
    proxy.cutNow();
    await expectSoon(async () => far.poolState()?.idle === 0);
  };
  const writers = async () => (await sessionIds(test.database, sessions)).filter((id) => !known.has(id));
  const { kysely } = test.database;
  const counted = countryRow('ZZ', { population: 0 });
  await kysely.insertInto('countries').values(counted).execute();
  await kysely.updateTable('refresh_lease').set({ holder: grant.id, token: grant.token }).execute();
  const remove = async () => {
    await test.remove();
    await proxy.close();
  };
  return { test, proxy, far, connectThrough, sessions, dropFar, writers, warnings, remove };
}

/** Opens as many connections as a test uses at once; returns their sessions at the server. */
function openPool({ kysely }: Database, { own, wait }: Sessions): Promise<number[]> {
  const one = kysely.connection();
  const ask = () =>
    one.execute(async (connection) => {
      const { rows } = await sql<{ id: number }>`select ${own} as id, ${wait(0.1)} as waited`.execute(connection);
      return Number(rows[0]?.id);
    });
  return Promise.all([1, 2, 3].map(ask));
}

/** A writer whose connection is open and set up. */
export async function openedWriter(database: Database, proxy: CuttingProxy): Promise<Writer> {
  if (database.label.startsWith('postgres:')) {
    await database.connect();
    return database.openWriter();
  }
  const before = proxy.passed();
  const writer = database.openWriter();
  const isOpen = async () => proxy.passed() !== before && (await isQuiet(proxy));
  await expectSoon(isOpen);
  return writer;
}

async function expectSoon(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the connection does not open');
    await delay(5);
  }
}

async function isQuiet(proxy: CuttingProxy): Promise<boolean> {
  const before = proxy.passed().length;
  await delay(30);
  return before >= 5 && proxy.passed().length === before && proxy.passed().at(-1)?.direction === 'toClient';
}

/** What a refresh writes: the fence, two countries one by one, a count of the writes, and a report. */
export function version(database: Database, name: string): Statement[] {
  const rows = ['AA', 'AB'].map((code) => countryRow(code, { name }));
  const report = { id: name, state: 'SUCCEEDED', started_at: '2026-01-01 00:00:00.000', finished_at: null };
  return [
    new RefreshLease(database, LEASE_TIMES).fence(grant),
    ...database.upsert('countries', rows, ['code'], 1),
    database.kysely
      .updateTable('countries')
      .set((eb) => ({ population: eb('population', '+', 1) }))
      .where('code', '=', 'ZZ'),
    ...database.upsert('refreshes', [{ ...report, report: '{}' }], ['id'], 1),
  ];
}

export function options(database: Database, id: string) {
  const wasCommitted = async () => {
    const row = await database.kysely.selectFrom('refreshes').select('id').where('id', '=', id).executeTakeFirst();
    return row !== undefined;
  };
  return { wasCommitted };
}

/** What is written of a version. */
export interface Stored {
  names: (string | null)[];
  times: number;
  reports: number;
  dataVersion: number;
}

/** In one statement, so that it is the state of one moment. */
export async function stored({ kysely }: Database): Promise<Stored> {
  const { rows } = await sql<Omit<Stored, 'names'> & { first: string | null; second: string | null }>`select
    (select name from countries where code = 'AA') as first,
    (select name from countries where code = 'AB') as second,
    (select population from countries where code = 'ZZ') as times,
    (select count(*) from refreshes) as reports,
    (select version from data_version where id = 1) as ${sql.id('dataVersion')}`.execute(kysely);
  const [row] = rows;
  if (!row) throw new Error('a select without a table has one row');
  const { first, second, ...counts } = row;
  return { names: [first, second], ...counts };
}

/** What is stored when a new version has been written exactly once. */
export function storedAfter(before: Stored, name: string): Stored {
  return {
    names: [name, name],
    times: before.times + 1,
    reports: before.reports + 1,
    dataVersion: before.dataVersion + 1,
  };
}

async function sessionIds({ kysely }: Database, { all }: Sessions): Promise<number[]> {
  const { rows } = await all.execute(kysely);
  return rows.map(({ id }) => Number(id));
}
