import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/db/database.js';
import { openSqliteDialect } from '../../../src/db/sqlite/sqlite-dialect.js';
import type { Tables } from '../../../src/db/tables.js';
import { DatabaseUnavailableError } from '../../../src/errors.js';
import { createTestDatabase } from '../../databases.js';
import { rateRow } from '../rows.js';

describe('a change outside of a transaction', () => {
  it('leaves no transaction open when it fails', async () => {
    const { database } = await createTestDatabase('sqlite');
    const insert = () => database.kysely.insertInto('exchange_rates').values(rateRow('CHF', 1)).execute();
    await insert();
    await expect(insert()).rejects.toThrow('UNIQUE');
    await database.kysely.deleteFrom('exchange_rates').execute();
    await insert();
    expect(await rateIn(database)).toBe(1);
  });
});

describe('an SQLite file that another process is writing', () => {
  it('can be read', async () => {
    await withLock(async (locked) => {
      expect(await rateIn(locked)).toBe(1);
    });
  });

  it('can be read while a write of this process waits', async () => {
    const writing = await withLock(async (locked) => {
      let isWaiting = true;
      const promise = increment(locked)
        .execute()
        .finally(() => {
          isWaiting = false;
        });
      await delay(20);
      expect(await rateIn(locked)).toBe(1);
      expect(isWaiting).toBe(true);
      return { promise };
    });
    await writing.promise;
    expect(await rateIn(writing.locked)).toBe(2);
  });

  it('is waited for, while the rest of this process goes on', async () => {
    let ticks = 0;
    const writing = await withLock(async (locked) => {
      const promise = increment(locked).execute();
      for (; ticks < 5; ticks++) {
        await delay(10);
      }
      // In an object, or it would be awaited before the lock is gone.
      return { promise };
    });
    await writing.promise;
    expect(ticks).toBe(5);
    expect(await rateIn(writing.locked)).toBe(2);
  });

  it('is waited for before a transaction reads what it will write', async () => {
    const { database, connect, remove } = await createWithRate();
    const other = await connect();
    const incrementSlowly = ({ kysely }: Database) =>
      kysely.transaction().execute(async (transaction) => {
        const { rate } = await transaction.selectFrom('exchange_rates').select('rate').executeTakeFirstOrThrow();
        await delay(20);
        await transaction
          .updateTable('exchange_rates')
          .set({ rate: rate + 1 })
          .execute();
      });
    await Promise.all([incrementSlowly(database), incrementSlowly(other)]);
    expect(await rateIn(database)).toBe(3);
    await remove();
  });

  it('can be closed', async () => {
    await withLock(async (locked) => {
      await locked.close();
    });
  });

  it('is given up on in the end, with one clear line', async () => {
    await withLock(async (_, url) => {
      const dialect = openSqliteDialect({ url }, 50);
      const impatient = new Kysely<Tables>({ dialect: dialect.kysely });
      const failure = await increment({ kysely: impatient })
        .execute()
        .catch((error: Error) => error);
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect((failure as Error).message).toBe(
        `The SQLite file ${url.slice(7)} stays locked by another process: end that process or its write, and try again`,
      );
      // It has been waited for: a retry would only wait again.
      expect(dialect.isConflict(failure)).toBe(false);
      await impatient.destroy();
    });
  });
});

it.each([
  ['a single write', (kysely: Kysely<Tables>) => increment({ kysely }).execute()],
  [
    'a transaction',
    (kysely: Kysely<Tables>) => kysely.transaction().execute((it) => increment({ kysely: it }).execute()),
  ],
])('after %s was given up, others succeed as soon as the lock is gone', async (_, write) => {
  const { impatient, locked } = await withLock(async (database, url) => {
    const kysely = new Kysely<Tables>({ dialect: openSqliteDialect({ url }, 50).kysely });
    await expect(write(kysely)).rejects.toThrow(DatabaseUnavailableError);
    return { impatient: kysely, locked: database };
  });
  await impatient.transaction().execute((it) => it.deleteFrom('held_rates').execute());
  await impatient.updateTable('exchange_rates').set({ source: 'other' }).execute();
  await impatient.transaction().execute((it) => increment({ kysely: it }).execute());
  expect(await rateIn(locked)).toBe(2);
  await impatient.destroy();
});

async function createWithRate() {
  const testDatabase = await createTestDatabase('sqlite');
  await testDatabase.database.kysely.insertInto('exchange_rates').values(rateRow('CHF', 1)).execute();
  return testDatabase;
}

/** Calls back while another connection holds the lock to write. */
async function withLock<T>(callback: (locked: Database, url: string) => Promise<T>): Promise<T & { locked: Database }> {
  const { database, connect, url } = await createWithRate();
  const { kysely } = await connect();
  await sql`begin immediate`.execute(kysely);
  const result = await callback(database, url).finally(() => sql`rollback`.execute(kysely));
  return { ...result, locked: database };
}

function increment({ kysely }: Pick<Database, 'kysely'>) {
  return kysely.updateTable('exchange_rates').set((eb) => ({ rate: eb('rate', '+', 1) }));
}

async function rateIn({ kysely }: Database): Promise<number> {
  return (await kysely.selectFrom('exchange_rates').select('rate').executeTakeFirstOrThrow()).rate;
}
