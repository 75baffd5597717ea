import { connect, type Socket } from 'node:net';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type Query,
  type QueryOptions,
  type TypeCastField,
} from 'mysql2';
import type { PoolSettings } from '../connection-slots.js';

export interface MysqlSettings extends PoolSettings {
  /** Whether it is one of several servers that hold the same data. */
  isInCluster: boolean;
}

/** A connection outside of the pool. */
export function openConnection(settings: MysqlSettings, options: ConnectionOptions = {}): Connection {
  const connection = createConnection({ ...connectionOptions(settings), ...options });
  // The query that fails rejects; without a listener the event would end the process.
  return connection.on('error', () => undefined);
}

export function connectionOptions(settings: MysqlSettings): ConnectionOptions & { stream: () => Socket } {
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
 * Everything that a server can be configured to do differently and the program relies on, in one statement.
 * - The character set again, because a server can ignore what the client asks for.
 * - A strict mode, so that an invalid value is an error; without NO_BACKSLASH_ESCAPES, because mysql2 escapes with
 *   backslashes.
 * - `completion_type`, because `commit` could begin another transaction or end the session.
 * - `default` would be the server's own limit of rows, so the limit is spelled out.
 * - MySQL and MariaDB have different names for the last two, each in a comment that only one of them executes.
 */
export const sessionSetup = [
  'set names utf8mb4 collate utf8mb4_bin',
  "session time_zone = '+00:00'",
  "session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'session autocommit = 1',
  "session completion_type = 'NO_CHAIN'",
  'session foreign_key_checks = 1',
  'session sql_safe_updates = 0',
  'session sql_big_selects = 1',
  'session sql_select_limit = 18446744073709551615' +
    " /*!80000 , session transaction_isolation = 'REPEATABLE-READ', session transaction_read_only = 0 */" +
    " /*M!100000 , session tx_isolation = 'REPEATABLE-READ', session tx_read_only = 0 */",
].join(', ');

/** mysql2 alone would wait for the server to close its side, which one that hangs never does. */
export function destroyConnection(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { stream: Socket }).stream.destroy();
}

/**
 * When the connection is lost, mysql2 does not clear the timer of the query, which would keep the process alive until
 * it fires.
 */
export function query(connection: Connection, options: QueryOptions & { timeout: number }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let sent: TimedQuery | undefined;
    // On a lost connection the callback runs synchronously, before there is a timer.
    sent = connection.query(options, (error, result) => {
      clearTimeout(sent?.queryTimeout ?? undefined);
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** Not in mysql2's types. */
type TimedQuery = Query & { queryTimeout?: NodeJS.Timeout | null };
