import { createConnection } from 'mysql2/promise';
import { startThrowawayServer, type ThrowawayServer } from '../../test/db/throwaway-server.js';
import { CREATE_TABLE, type PeerConnection } from './peer.js';

export interface BenchDatabase {
  version: string;
  port: number;
  caFile: string | null;
  /** For DATABASE_URL, at the port of a proxy. */
  url(port: number, query?: string): string;
  peer(port: number): PeerConnection;
  stop(): Promise<void>;
}

const DATABASE = 'bench';

/** A server of our own; undefined where none is installed. */
export async function startBenchDatabase(): Promise<BenchDatabase | undefined> {
  const server = await startThrowawayServer();
  return server && prepared(server);
}

async function prepared(server: ThrowawayServer): Promise<BenchDatabase> {
  const { hostname, port, username, password } = new URL(server.url);
  const connection = await createConnection(server.url);
  await connection.query(`create database ${DATABASE}`);
  await connection.query(`use ${DATABASE}`);
  await connection.query(CREATE_TABLE);
  const [[row]] = (await connection.query('select version() as version')) as unknown as [
    [{ version: string }],
  ];
  await connection.end();
  return {
    version: row.version,
    port: Number(port),
    caFile: server.caFile,
    url: (at, query = '') => `mysql://${username}:${password}@${hostname}:${at}/${DATABASE}${query}`,
    peer: (at) => ({ host: hostname, port: at, user: username, password, database: DATABASE }),
    stop: () => server.stop(),
  };
}
