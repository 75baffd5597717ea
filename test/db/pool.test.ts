import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { createTestDatabase, describeEachServer, type TestDatabase } from '../databases.js';
import { countryRow } from './rows.js';
import { type Sessions, sessionsOf } from './sessions.js';

describeEachServer('the pool of connections to %s', (dialect) => {
  let testDatabase: TestDatabase;
  let sessions: Sessions;
  beforeAll(async () => {
    testDatabase = await createTestDatabase(dialect);
    sessions = sessionsOf(testDatabase.database);
  });
  afterAll(() => testDatabase.remove());

  it('grows by the overflow and no further, and shrinks again', async () => {
    const database = await testDatabase.connect({ poolSize: 2, maxOverflow: 3 });
    const ids = await Promise.all(Array.from({ length: 12 }, () => connectionId(database, 0.1)));
    expect(new Set(ids).size).toBe(5);
    await expect.poll(() => openConnections(ids), { timeout: 10_000 }).toBe(2);
    await database.close();
  });

  it('serves with no overflow at all', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 0 });
    const ids = await Promise.all(Array.from({ length: 4 }, () => connectionId(database, 0)));
    expect(new Set(ids).size).toBe(1);
    await database.close();
  });

  it.runIf(dialect === 'mysql')('sets up every session before it is used', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 9 });
    const settings = sql`
      select @@sql_mode as mode, @@time_zone as zone, @@collation_connection as collation, sleep(0.05) as slept
    `;
    const answers = await Promise.all(Array.from({ length: 10 }, () => settings.execute(database.kysely)));
    for (const { rows } of answers) {
      expect(rows).toEqual([
        {
          mode: 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
          zone: '+00:00',
          collation: 'utf8mb4_bin',
          slept: 0,
        },
      ]);
    }
    await database.close();
  });

  it.runIf(dialect === 'postgres')('sets the time zone and the formats of values in every session', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 9 });
    const settings = sql`
      select current_setting('timezone') as zone, current_setting('datestyle') as dates,
        current_setting('extra_float_digits') as digits, current_setting('application_name') as name`;
    const answers = await Promise.all(Array.from({ length: 10 }, () => settings.execute(database.kysely)));
    const name = expect.stringMatching(/^country-exchange [\w-]{36}$/);
    for (const { rows } of answers) {
      expect(rows).toEqual([{ zone: 'UTC', dates: 'ISO, DMY', digits: '1', name }]);
    }
    await database.close();
  });

  it('outlives the death of its idle connections', async () => {
    const database = await testDatabase.connect({ poolSize: 3, maxOverflow: 0 });
    const ids = await Promise.all(Array.from({ length: 3 }, () => connectionId(database, 0.1)));
    await kill(ids);
    await expect.poll(() => openConnections(ids)).toBe(0);
    await delay(50);
    expect(ids).not.toContain(await connectionId(database, 0));
    await database.close();
  });

  it('counts connections in use and idle and waiting callers, and forgets dead connections', async () => {
    const database = await testDatabase.connect({ poolSize: 2, maxOverflow: 0 });
    const state = () => database.poolState();
    const busy = Array.from({ length: 3 }, () => connectionId(database, 1.5));
    await expect.poll(state).toEqual({ inUse: 2, idle: 0, waiting: 1 });
    const ids = new Set(await Promise.all(busy));
    expect(state()).toEqual({ inUse: 0, idle: 2, waiting: 0 });
    await kill([...ids]);
    await expect.poll(state).toEqual({ inUse: 0, idle: 0, waiting: 0 });
    const inTransaction = database.kysely.transaction().execute(async (transaction) => {
      await sql`select 1`.execute(transaction);
      expect(state()).toMatchObject({ inUse: 1 });
      throw new Error('The reason');
    });
    await expect(inTransaction).rejects.toThrow('The reason');
    expect(state()).toMatchObject({ inUse: 0, waiting: 0 });
    await database.close();
  });

  it('counts no caller as waiting when no connection can be obtained', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 0 });
    await database.close();
    await expect(connectionId(database, 0)).rejects.toThrow();
    expect(database.poolState()).toMatchObject({ inUse: 0, waiting: 0 });
  });

  it('fails those who wait when it is closed', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 0 });
    const running = connectionId(database, 0.2);
    const waiting = connectionId(database, 0);
    await expect.poll(() => database.poolState()).toMatchObject({ inUse: 1, waiting: 1 });
    const closing = database.close();
    await expect(waiting).rejects.toThrow('Pool is closed.');
    expect(await running).toBeGreaterThan(0);
    await closing;
  });

  it('reports why a transaction failed, even when its connection is lost too', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 0 });
    const id = await connectionId(database, 0);
    const failing = database.kysely.transaction().execute(async (transaction) => {
      await transaction.insertInto('countries').values(countryRow('CH')).execute();
      await kill([id]);
      throw new Error('The reason');
    });
    await expect(failing).rejects.toThrow('The reason');
    expect(await connectionId(database, 0)).not.toBe(id);
    expect(await database.kysely.selectFrom('countries').selectAll().execute()).toEqual([]);
    await database.close();
  });

  it.runIf(dialect === 'mysql')('keeps no connection whose transaction could not be rolled back', async () => {
    const database = await testDatabase.connect({ poolSize: 1, maxOverflow: 0 });
    const id = await connectionId(database, 0);
    const failing = database.kysely.transaction().execute(async (transaction) => {
      // In a distributed transaction the server refuses a plain "rollback".
      await sql`commit`.execute(transaction);
      await sql`xa start 'stuck'`.execute(transaction);
      throw new Error('The reason');
    });
    await expect(failing).rejects.toThrow('The reason');
    expect(await connectionId(database, 0)).not.toBe(id);
    await database.close();
  });

  it('runs only one statement in a query, whatever its text contains', async () => {
    const { kysely } = testDatabase.database;
    await expect(sql`select 1; select 2`.execute(kysely)).rejects.toThrow(/syntax|multiple commands/);
  });

  /** The id of the connection, which waits for the given time. */
  async function connectionId({ kysely }: Database, seconds: number): Promise<number> {
    const query = sql<{ id: number }>`select ${sessions.own} as id, ${sessions.wait(seconds)} as slept`;
    return (await query.execute(kysely)).rows[0]?.id ?? 0;
  }

  async function kill(ids: number[]): Promise<void> {
    for (const id of new Set(ids)) await sessions.kill(id).execute(testDatabase.database.kysely);
  }

  async function openConnections(ids: number[]): Promise<number> {
    const { rows } = await sessions.all.execute(testDatabase.database.kysely);
    return rows.filter(({ id }) => ids.includes(id)).length;
  }
});
