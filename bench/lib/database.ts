import { createConnection } from 'mysql2/promise';
import { startThrowawayServer } from '../../test/db/throwaway-server.js';
import { CREATE_TABLE, type PeerConnection } from '../refresh/peers.js';

export interface BenchDatabase {
  version: string;
  port: number;
  hasTls: boolean;
  /** DATABASE_URL of the server at the port of a proxy. */
  url(port: number, query?: string): string;
  peer(port: number): PeerConnection;
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
  return {
    version: row.version,
    port: Number(port),
    hasTls: server.caFile !== null,
    url: (at, query = '') => `mysql://${username}:${password}@${hostname}:${at}/${DATABASE}${query}`,
    peer: (at) => ({ host: hostname, port: at, user: username, password, database: DATABASE }),
    stop: () => server.stop(),
  };
}
