import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import type { Peer } from './peer.js';

/** It has no upsert of several rows: each is a SELECT, an UPDATE and another SELECT. */
export const prismaPeer: Peer = {
  name: 'Prisma, upserts in a transaction',
  roundTrips: 753,
  async open(connection) {
    const PrismaClient = await generatedClient();
    const adapter = new PrismaMariaDb(connection);
    // By default a transaction is given up after five seconds, long before its round trips are over.
    const prisma = new PrismaClient({ adapter, transactionOptions: { timeout: 600_000 } });
    return {
      write: async (rows) => {
        await prisma.$transaction(
          rows.map(({ last_refreshed_at, ...row }) => {
            const country = { ...row, last_refreshed_at: new Date(`${last_refreshed_at}Z`) };
            return prisma.country.upsert({
              where: { code: row.code },
              create: country,
              update: country,
            });
          }),
        );
      },
      close: () => prisma.$disconnect(),
    };
  },
};

/** As much of the generated client as is used here: it is not there yet when the types are checked. */
interface Client {
  country: { upsert(args: Record<'where' | 'create' | 'update', object>): Promise<unknown> };
  $transaction(commands: Promise<unknown>[]): Promise<unknown>;
  $disconnect(): Promise<void>;
}

interface Options {
  adapter: PrismaMariaDb;
  transactionOptions: { timeout: number };
}

async function generatedClient(): Promise<new (options: Options) => Client> {
  execFileSync(process.execPath, [pathOf('../node_modules/prisma/build/index.js'), 'generate'], {
    cwd: pathOf('.'),
    // It downloads its engine for migrations where there is none, and does not start it here: any file will do.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { PrismaClient } = await import(new URL('prisma/generated/client.ts', import.meta.url).href);
  return PrismaClient;
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
