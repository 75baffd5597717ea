import knex from 'knex';
import { batches, type Peer } from './peer.js';

export const knexPeer: Peer = {
  name: 'Knex, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const database = knex({ client: 'mysql2', connection: { ...connection, dateStrings: true } });
    return {
      write: (rows) =>
        database.transaction(async (transaction) => {
          for (const batch of batches(rows)) {
            await transaction('peer_countries').insert(batch).onConflict('code').merge();
          }
        }),
      close: () => database.destroy(),
    };
  },
};
