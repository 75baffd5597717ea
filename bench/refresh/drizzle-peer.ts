import { sql } from 'drizzle-orm';
import { bigint, datetime, double, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import { createPool } from 'mysql2/promise';
import { batches, type Peer, UPDATED } from './peer.js';

const countries = mysqlTable('peer_countries', {
  code: varchar({ length: 3 }).primaryKey(),
  name: varchar({ length: 255 }).notNull(),
  capital: varchar({ length: 255 }),
  region: varchar({ length: 64 }),
  population: bigint({ mode: 'number' }).notNull(),
  currency_code: varchar({ length: 3 }),
  exchange_rate: double(),
  estimated_gdp: double(),
  flag_url: varchar({ length: 255 }),
  last_refreshed_at: datetime({ mode: 'string', fsp: 3 }).notNull(),
});

const set = Object.fromEntries(UPDATED.map((column) => [column, sql.raw(`values(${column})`)]));

export const drizzlePeer: Peer = {
  name: 'Drizzle, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const pool = createPool({ ...connection, dateStrings: true });
    const database = drizzle(pool);
    return {
      write: (rows) =>
        database.transaction(async (transaction) => {
          for (const batch of batches(rows)) {
            await transaction.insert(countries).values(batch).onDuplicateKeyUpdate({ set });
          }
        }),
      close: () => pool.end(),
    };
  },
};
