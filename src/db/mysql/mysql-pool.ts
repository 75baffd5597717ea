import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import {
  createPool,
  type PoolConnection,
  type PoolOptions,
  type SslOptions,
  type TypeCastField,
} from 'mysql2';
import type { DatabaseOptions } from '../database.js';
import type { MysqlTarget } from './mysql-url.js';

interface PoolSettings
  extends Omit<MysqlTarget, 'tlsMode'>,
    Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  ssl: SslOptions | undefined;
  connectTimeoutMs: number;
}

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
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ...(settings.ssl ? { ssl: settings.ssl } : {}),
    connectTimeout: settings.connectTimeoutMs,
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls forget a connection after some ten minutes without a word, and do not tell.
    idleTimeout: 5 * 60_000,
    keepAliveInitialDelay: 30_000,
    gracefulEnd: true,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    typeCast: castNumbers,
  };
}

/**
 * mysql2 parses one double in fifty wrong in its last digit: those of sixteen digits and a point. It leaves sums,
 * which are decimals, as text.
 */
function castNumbers(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'NEWDECIMAL') {
    return next();
  }
  const text = field.string('ascii');
  return text === null ? null : Number(text);
}

/**
 * The character set once more, for a server may be told to ignore what a client asks for. Strict, so that a value
 * that does not fit is an error. Backslashes must escape, for mysql2 escapes with them.
 */
const sessionSettings =
  "set names utf8mb4 collate utf8mb4_bin, session time_zone = '+00:00', session sql_mode = " +
  "'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

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
