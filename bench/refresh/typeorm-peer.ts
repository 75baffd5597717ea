import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';
import { batches, type Peer, type PeerConnection, type PeerRow } from './peer.js';

const countries = new EntitySchema<PeerRow>({
  name: 'peer_countries',
  columns: {
    code: { type: 'varchar', length: 3, primary: true },
    name: { type: 'varchar', length: 255 },
    capital: { type: 'varchar', length: 255, nullable: true },
    region: { type: 'varchar', length: 64, nullable: true },
    population: { type: 'bigint' },
    currency_code: { type: 'varchar', length: 3, nullable: true },
    exchange_rate: { type: 'double', nullable: true },
    estimated_gdp: { type: 'double', nullable: true },
    flag_url: { type: 'varchar', length: 255, nullable: true },
    last_refreshed_at: { type: 'datetime', precision: 3 },
  },
});

/** What its guide shows first. */
export const typeormSave: Peer = {
  name: 'TypeORM, save',
  roundTrips: 254,
  open: (connection) =>
    withSource(connection, async (source, rows) => {
      await source.manager.save(
        countries,
        rows.map((row) => ({ ...row })),
      );
    }),
};

export const typeormUpsert: Peer = {
  name: 'TypeORM, upsert of 100 in a transaction',
  roundTrips: 5,
  open: (connection) =>
    withSource(connection, (source, rows) =>
      source.transaction(async (manager) => {
        for (const batch of batches(rows)) await manager.upsert(countries, batch, ['code']);
      }),
    ),
};

async function withSource(
  { user, ...connection }: PeerConnection,
  write: (source: DataSource, rows: readonly PeerRow[]) => Promise<void>,
) {
  const options = { ...connection, username: user, dateStrings: true, entities: [countries] };
  const source = await new DataSource({ type: 'mysql', ...options }).initialize();
  return { write: (rows: readonly PeerRow[]) => write(source, rows), close: () => source.destroy() };
}
