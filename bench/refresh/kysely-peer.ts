import { Kysely, MysqlDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import { batches, type Peer, type PeerRow, UPDATED } from './peer.js';

const updates = Object.fromEntries(UPDATED.map((column) => [column, sql`values(${sql.ref(column)})`]));

export const plainKysely: Peer = {
  name: 'Kysely, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const pool = createPool({ ...connection, dateStrings: true });
    const kysely = new Kysely<{ peer_countries: PeerRow }>({ dialect: new MysqlDialect({ pool }) });
    return {
      write: (rows) =>
        kysely.transaction().execute(async (transaction) => {
          for (const batch of batches(rows)) {
            await transaction
              .insertInto('peer_countries')
              .values(batch)
              .onDuplicateKeyUpdate(updates)
              .execute();
          }
        }),
      close: () => kysely.destroy(),
    };
  },
};
