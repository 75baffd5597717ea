import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import type { DatabaseOptions } from '../database.js';
import { connectionOptions, type SessionSettings, sessionSettings } from './mysql-session.js';

interface PoolSettings extends SessionSettings, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {}

/** A pool that hands out a connection only after its session has been set up. */
export function createMysqlPool(settings: PoolSettings): MysqlPool {
  const pool = createPool(poolOptions(settings));
  // mysql2 itself listens for the first error of a connection, whose user hears of it through the query. Another
  // one would end the process.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const sessions = new WeakMap<PoolConnection, MysqlPoolConnection>();
  return {
    getConnection: (callback) =>
      pool.getConnection((error, connection) => {
        if (error) {
          callback(error, undefined as never);
        } else if (sessions.has(connection)) {
          callback(null, sessions.get(connection) as MysqlPoolConnection);
        } else {
          setUp(connection, (failure, session) => {
            sessions.set(connection, session);
            callback(failure, session);
          });
        }
      }),
    end: (callback) => pool.end(callback),
  };
}

function poolOptions(settings: PoolSettings): PoolOptions {
  return {
    ...connectionOptions(settings),
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls forget a connection after some ten minutes without a word, and do not tell.
    idleTimeout: 5 * 60_000,
    keepAliveInitialDelay: 30_000,
    gracefulEnd: true,
  };
}

function setUp(
  connection: PoolConnection,
  callback: (failure: unknown, session: MysqlPoolConnection) => void,
): void {
  connection.query(sessionSettings, (failure) => {
    if (failure) {
      connection.destroy();
    }
    callback(failure, sessionOn(connection));
  });
}

function sessionOn(connection: PoolConnection): MysqlPoolConnection {
  const query = (text: string, values: unknown[], callback: (error: unknown, result: unknown) => void) =>
    connection.query(text, values, (error, result) => {
      if (error && text === 'rollback') {
        // Its transaction may still be open, and must not become the next user's.
        connection.destroy();
      }
      callback(error, result);
    });
  // Kysely's type also has a form for streams, which nothing here asks for.
  return { query: query as unknown as MysqlPoolConnection['query'], release: () => connection.release() };
}
