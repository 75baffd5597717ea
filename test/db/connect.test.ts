import { describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import { ConfigError } from '../../src/errors.js';
import { describeEachDatabase } from '../databases.js';

describe('DATABASE_URL', () => {
  it.each([
    ['oracle://user:secret@host/db', 'oracle://user:***@host/db'],
    ['data/country-exchange.db', 'data/country-exchange.db'],
    ['user:secret@host/db', 'user:***@host/db'],
    ['', ''],
  ])('%s is refused, and shown without its password', async (url, shown) => {
    const failure = await fail(url);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toBe(
      `DATABASE_URL is "${shown}", but must be sqlite:PATH, or mysql:// or postgres://USER:PASSWORD@HOST:PORT/DATABASE`,
    );
  });
});

describe('a database', () => {
  describeEachDatabase((open, dialect) => {
    it('has a label without a password', async () => {
      const { database } = await open();
      expect(database.label).toMatch(
        dialect === 'sqlite' ? /^sqlite:.+\.db$/ : new RegExp(`^${dialect}://[\\w.]+:\\d+/country_exchange_test_\\w+$`),
      );
    });

    it('is ready, until it is closed', async () => {
      const { database } = await open();
      await database.checkReady();
      await database.close();
      await expect(database.checkReady()).rejects.toThrow();
      await database.close();
    });

    it('reads what another connection has written', async () => {
      const { database, connect } = await open();
      const other = await connect();
      await other.kysely.insertInto('currencies').values({ code: 'CHF', name: null, symbol: null }).execute();
      const found = await database.kysely.selectFrom('currencies').select('code').execute();
      expect(found).toEqual([{ code: 'CHF' }]);
    });
  });
});

function fail(url: string): Promise<Error> {
  return connectDatabase({ url, caFile: undefined, poolSize: 1, maxOverflow: 0 }).then(
    () => new Error('It connected'),
    (error: Error) => error,
  );
}
