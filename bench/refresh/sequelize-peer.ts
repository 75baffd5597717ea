import { DataTypes, Sequelize } from 'sequelize';
import { batches, type Peer, UPDATED } from './peer.js';

export const sequelizePeer: Peer = {
  name: 'Sequelize, bulkCreate of 100 in a transaction',
  roundTrips: 5,
  async open({ host, port, user, password, database }) {
    const sequelize = new Sequelize(database, user, password, {
      host,
      port,
      dialect: 'mysql',
      logging: false,
    });
    const { STRING, BIGINT, DOUBLE, DATE } = DataTypes;
    const countries = sequelize.define(
      'peer_countries',
      {
        code: { type: STRING(3), primaryKey: true },
        name: STRING,
        capital: STRING,
        region: STRING(64),
        population: BIGINT,
        currency_code: STRING(3),
        exchange_rate: DOUBLE,
        estimated_gdp: DOUBLE,
        flag_url: STRING,
        last_refreshed_at: DATE(3),
      },
      { tableName: 'peer_countries', timestamps: false },
    );
    return {
      write: (rows) =>
        sequelize.transaction(async (transaction) => {
          for (const batch of batches(rows)) {
            const records = batch.map((row) => ({ ...row }));
            await countries.bulkCreate(records, { transaction, updateOnDuplicate: [...UPDATED] });
          }
        }),
      close: () => sequelize.close(),
    };
  },
};
