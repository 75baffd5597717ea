import { connect, type Socket } from 'node:net';
import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import {
  type Connection,
  type ConnectionOptions,
  createPool,
  type PoolConnection,
  type PoolOptions,
  type Query,
  type QueryOptions,
  type SslOptions,
  type TypeCastField,
} from 'mysql2';
import type { DatabaseOptions, PoolState } from '../database.js';
import { isMysqlLost } from './mysql-error.js';
import type { MysqlTarget } from './mysql-url.js';

interface PoolSettings extends SessionSettings, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  timeouts: QueryTimeouts;
}

/** How long running queries have when the pool is closed. */
const CLOSE_TIMEOUT_MS = 3_000;

export interface WatchedPool extends MysqlPool {
  readonly state: PoolState;
}

/** A pool whose connections are set up before their first use. It counts them, which mysql2's own does not. */
export function createMysqlPool(settings: PoolSettings): WatchedPool {
  const sockets = new Set<Socket>();
  const idle = new Set<PoolConnection>();
  const counts = { inUse: 0, waiting: 0 };
  const pool = createPool(poolOptions(settings, sockets));
  pool.on('acquire', (connection) => idle.delete(connection));
  pool.on('release', (connection) => idle.add(connection));
  // mysql2 listens for the first error of a connection, and the query rejects with it. Without this listener, a second
  // one would end the process.
  pool.on('connection', (connection) => {
    for (const event of ['end', 'error']) connection.on(event, () => idle.delete(connection));
  });
  const sessions = new WeakMap<PoolConnection, MysqlPoolConnection>();
  return {
    get state() {
      return { ...counts, idle: idle.size };
    },
    getConnection(callback) {
      counts.waiting += 1;
      const answer: typeof callback = (error, session) => {
        counts.waiting -= 1;
        if (!error) counts.inUse += 1;
        callback(error, session);
      };
      pool.getConnection((error, connection) => {
        if (error) return answer(error, undefined as never);
        const known = sessions.get(connection);
        if (known) return answer(null, known);
        const session = sessionOn(connection, settings.timeouts, () => {
          counts.inUse -= 1;
        });
        sessions.set(connection, session);
        setUp(connection, settings, (failure) => answer(failure, session));
      });
    },
    end(callback) {
      // Errors of connections do not matter any more.
      pool.end(() => callback(null));
      setTimeout(() => {
        for (const socket of sockets) socket.destroy();
        callback(null);
      }, CLOSE_TIMEOUT_MS).unref();
    },
  };
}

function poolOptions(settings: PoolSettings, sockets: Set<Socket>): PoolOptions {
  const options = connectionOptions(settings);
  return {
    ...options,
    stream() {
      const socket = options.stream();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls silently drop connections that are idle for some ten minutes.
    idleTimeout: 5 * 60_000,
    gracefulEnd: true,
  };
}

function setUp(
  connection: PoolConnection,
  { connectTimeoutMs }: PoolSettings,
  callback: (failure: unknown) => void,
): void {
  queryWithTimeout(connection, { sql: sessionSetup, timeout: connectTimeoutMs }, (failure) => {
    if (failure) destroyConnection(connection);
    callback(failure);
  });
}

function sessionOn(connection: PoolConnection, timeouts: QueryTimeouts, onRelease: () => void): MysqlPoolConnection {
  const query = (text: string, values: unknown[], callback: (error: unknown, result: unknown) => void) => {
    const options = { sql: text, values, timeout: timeoutFor(text, timeouts) };
    queryWithTimeout(connection, options, (error, result) => {
      // A late answer or an open transaction must not become the next user's.
      if (error && (text === 'rollback' || isMysqlLost(error))) destroyConnection(connection);
      callback(error, result);
    });
  };
  const release = () => {
    onRelease();
    connection.release();
  };
  // Kysely's type has another overload for streams, which is not used.
  return { query: query as unknown as MysqlPoolConnection['query'], release };
}

export interface SessionSettings extends MysqlTarget {
  ssl: SslOptions | undefined;
  connectTimeoutMs: number;
}

export function connectionOptions(settings: SessionSettings): ConnectionOptions & { stream: () => Socket } {
  const { host, port, user, password, database, ssl, connectTimeoutMs } = settings;
  return {
    host,
    port,
    user,
    password,
    database,
    ...(ssl ? { ssl } : {}),
    connectTimeout: connectTimeoutMs,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    typeCast: castNumbers,
    // With the options of mysql2's own sockets, to which there is no access.
    stream: () => connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }),
  };
}

/**
 * mysql2 parses one double in fifty wrong in its last digit: those with sixteen digits and a point. It returns sums,
 * which are decimals, as text.
 */
function castNumbers(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'NEWDECIMAL') return next();
  const text = field.string('ascii');
  return text === null ? null : Number(text);
}

/**
 * The character set again, because a server can be configured to ignore what the client asks for. Strict, so that an
 * invalid value is an error. Without NO_BACKSLASH_ESCAPES, because mysql2 escapes with backslashes.
 */
export const sessionSetup =
  "set names utf8mb4 collate utf8mb4_bin, session time_zone = '+00:00', session sql_mode = " +
  "'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

/** mysql2 alone would wait for the server to close its side, which one that hangs never does. */
export function destroyConnection(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { stream: Socket }).stream.destroy();
}

/**
 * When the connection is lost, mysql2 does not clear the timer of the query, which would keep the process alive until
 * it fires.
 */
export function queryWithTimeout(
  connection: Connection,
  options: QueryOptions & { timeout: number },
  callback: (error: Error | null, result: unknown) => void,
): void {
  let query: TimedQuery | undefined;
  // On a lost connection the callback runs synchronously, before there is a timer.
  query = connection.query(options, (error, result) => {
    clearTimeout(query?.queryTimeout ?? undefined);
    callback(error, result);
  });
}

/** Not in mysql2's types. */
type TimedQuery = Query & { queryTimeout?: NodeJS.Timeout | null };

/** Without an answer in this time the connection counts as lost. */
export interface QueryTimeouts {
  readMs: number;
  writeMs: number;
}

/** A write may wait for locks; by default the server ends that after 50 s. */
export const QUERY_TIMEOUTS: QueryTimeouts = { readMs: 30_000, writeMs: 60_000 };

/** Zero, for no limit, where a statement may take long: changes of tables, and the wait for the migration lock. */
function timeoutFor(sql: string, { readMs, writeMs }: QueryTimeouts): number {
  if (/^\s*(create|alter|drop|select get_lock)\b/i.test(sql)) return 0;
  return /^\s*(insert|update|delete|begin|commit|rollback)\b/i.test(sql) ? writeMs : readMs;
}
