import type { Socket } from 'node:net';
import type { Connection, ConnectionOptions, Query, QueryOptions, SslOptions, TypeCastField } from 'mysql2';
import type { Knock } from '../knock.js';
import { openSocket } from './early-sockets.js';
import type { MysqlTarget } from './mysql-url.js';

export interface SessionSettings extends Omit<MysqlTarget, 'tlsMode'> {
  ssl: SslOptions | undefined;
  connectTimeoutMs: number;
  /** See DatabaseOptions.sockets. */
  sockets?: Knock | null | undefined;
}

export function connectionOptions(settings: SessionSettings): ConnectionOptions & { stream: () => Socket } {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ...(settings.ssl ? { ssl: settings.ssl } : {}),
    connectTimeout: settings.connectTimeoutMs,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    typeCast: castNumbers,
    stream: () => settings.sockets?.take() ?? openSocket(settings.host, settings.port),
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
export const sessionSettings =
  "set names utf8mb4 collate utf8mb4_bin, session time_zone = '+00:00', session sql_mode = " +
  "'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

/** mysql2 itself waits for the server to end its side, which one that hangs never does. */
export function cutOff(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { stream: Socket }).stream.destroy();
}

/**
 * A query that may take so long. mysql2 forgets the stop-watch of one whose connection is lost; it would keep the
 * process from ending until the time is over.
 */
export function timedQuery(
  connection: Connection,
  options: QueryOptions & { timeout: number },
  callback: (error: Error | null, result: unknown) => void,
): void {
  let query: TimedQuery | undefined;
  // Where the connection is known to be lost it calls back at once, before there is a stop-watch.
  query = connection.query(options, (error, result) => {
    clearTimeout(query?.queryTimeout ?? undefined);
    callback(error, result);
  });
}

/** Of its own making, and not in its types. */
type TimedQuery = Query & { queryTimeout?: NodeJS.Timeout | null };
