import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { sql } from 'drizzle-orm';
import { bigint, datetime, double, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { drizzle } from 'drizzle-orm/mysql2';
import { createPool } from 'mysql2/promise';
import { DataTypes, Sequelize } from 'sequelize';
import { DataSource, EntitySchema } from 'typeorm';
import { batches, type OpenPeer, type Peer, type PeerConnection, type PeerRow, UPDATED } from './peers.js';

const drizzleCountries = mysqlTable('peer_countries', {
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

export const drizzlePeer: Peer = {
  name: 'Drizzle, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const pool = createPool({ ...connection, dateStrings: true });
    const database = drizzle(pool);
    const set = Object.fromEntries(UPDATED.map((column) => [column, sql.raw(`values(${column})`)]));
    return {
      write: (rows) =>
        database.transaction(async (transaction) => {
          for (const batch of batches(rows))
            await transaction.insert(drizzleCountries).values(batch).onDuplicateKeyUpdate({ set });
        }),
      close: () => pool.end(),
    };
  },
};

export const sequelizePeer: Peer = {
  name: 'Sequelize, bulkCreate of 100 in a transaction',
  roundTrips: 5,
  async open({ user, password, database, ...address }) {
    const sequelize = new Sequelize(database, user, password, {
      ...address,
      dialect: 'mysql',
      logging: false,
    });
    const { STRING, BIGINT, DOUBLE, DATE } = DataTypes;
    const columns = {
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
    };
    const options = { tableName: 'peer_countries', timestamps: false };
    const countries = sequelize.define('peer_countries', columns, options);
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

const typeormCountries = new EntitySchema<PeerRow>({
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
    withSource(connection, async ({ manager }, rows) => {
      const entities = rows.map((row) => ({ ...row }));
      await manager.save(typeormCountries, entities);
    }),
};

export const typeormUpsert: Peer = {
  name: 'TypeORM, upsert of 100 in a transaction',
  roundTrips: 5,
  open: (connection) =>
    withSource(connection, (source, rows) =>
      source.transaction(async (manager) => {
        for (const batch of batches(rows)) await manager.upsert(typeormCountries, batch, ['code']);
      }),
    ),
};

async function withSource(
  { user, ...connection }: PeerConnection,
  write: (source: DataSource, rows: readonly PeerRow[]) => Promise<void>,
): Promise<OpenPeer> {
  const options = { ...connection, username: user, dateStrings: true, entities: [typeormCountries] };
  const source = await new DataSource({ type: 'mysql', ...options }).initialize();
  return { write: (rows) => write(source, rows), close: () => source.destroy() };
}

/** It has no upsert of several rows: each is a SELECT, an UPDATE and another SELECT. */
export const prismaPeer: Peer = {
  name: 'Prisma, upserts in a transaction',
  roundTrips: 753,
  async open(connection) {
    const PrismaClient = await generatedClient();
    const adapter = new PrismaMariaDb(connection);
    // By default a transaction is abandoned after five seconds, long before its round trips are over.
    const prisma = new PrismaClient({ adapter, transactionOptions: { timeout: 600_000 } });
    return {
      write: async (rows) => {
        const upserts = rows.map(({ last_refreshed_at, ...row }) => {
          const country = { ...row, last_refreshed_at: new Date(`${last_refreshed_at}Z`) };
          return prisma.country.upsert({ where: { code: row.code }, create: country, update: country });
        });
        await prisma.$transaction(upserts);
      },
      close: () => prisma.$disconnect(),
    };
  },
};

/** The part of the generated client that is used here; it does not exist yet when the types are checked. */
interface Client {
  country: { upsert(args: Record<'where' | 'create' | 'update', object>): Promise<unknown> };
  $transaction(commands: Promise<unknown>[]): Promise<unknown>;
  $disconnect(): Promise<void>;
}

type ClientClass = new (options: { adapter: PrismaMariaDb; transactionOptions: { timeout: number } }) => Client;

async function generatedClient(): Promise<ClientClass> {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  execFileSync(process.execPath, [path('../node_modules/prisma/build/index.js'), 'generate'], {
    cwd: path('.'),
    // Otherwise it would download its engine for migrations, which is not started here: any file will do.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { PrismaClient } = await import(new URL('prisma/generated/client.ts', import.meta.url).href);
  return PrismaClient;
}
