import { createConnection } from 'mysql2/promise';
import { startThrowawayPostgres } from '../../test/db/throwaway-postgres.js';
import { startThrowawayServer } from '../../test/db/throwaway-server.js';
import { CREATE_TABLE, type PeerConnection } from '../refresh/peers.js';

export interface BenchDatabase {
  version: string;
  port: number;
  hasTls: boolean;
  /** DATABASE_URL of the server at the port of a proxy. */
  url(port: number, query?: string): string;
  peer(port: number): PeerConnection;
  /** Undefined where none is installed. */
  postgres: PostgresDatabase | undefined;
  stop(): Promise<void>;
}

interface PostgresDatabase {
  port: number;
  url(port: number, query?: string): string;
  stop(): Promise<void>;
}

const DATABASE = 'bench';

/** A MariaDB or MySQL of our own; undefined where none is installed. */
export async function startBenchDatabase(): Promise<BenchDatabase | undefined> {
  const server = await startThrowawayServer();
  if (!server) return undefined;
  const { hostname, port, username, password } = new URL(server.url);
  const connection = await createConnection(server.url);
  await connection.query(`create database ${DATABASE}`);
  await connection.query(`use ${DATABASE}`);
  await connection.query(CREATE_TABLE);
  const [[row]] = (await connection.query('select version() as version')) as unknown as [[{ version: string }]];
  await connection.end();
  const postgres = await startPostgres();
  return {
    version: row.version,
    port: Number(port),
    hasTls: server.caFile !== null,
    url: (at, query = '') => `mysql://${username}:${password}@${hostname}:${at}/${DATABASE}${query}`,
    peer: (at) => ({ host: hostname, port: at, user: username, password, database: DATABASE }),
    postgres,
    stop: async () => {
      await Promise.all([server.stop(), postgres?.stop()]);
    },
  };
}

/** In the database that every server has. */
async function startPostgres(): Promise<PostgresDatabase | undefined> {
  const server = await startThrowawayPostgres();
  if (!server) return undefined;
  const url = new URL(`${server.url}/postgres`);
  return {
    port: Number(url.port),
    url: (at, query = '') => `${Object.assign(url, { port: String(at) }).href}${query}`,
    stop: () => server.stop(),
  };
}
