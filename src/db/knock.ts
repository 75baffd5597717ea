import type { DatabaseOptions } from './database.js';
import { EarlySockets } from './mysql/early-sockets.js';
import { parseMysqlUrl } from './mysql/mysql-url.js';
import { databaseKind } from './url.js';

/** What is under way to the database before there is one. See DatabaseOptions.sockets. */
export type Knock = Pick<EarlySockets, 'take' | 'close'>;

/**
 * Begins to open so many connections, at most as many as there may be, without waiting and without loading the driver.
 * Null where there is nobody to knock at. Throws ConfigError for an address that cannot be one.
 */
export function knock({ url, poolSize, maxOverflow }: DatabaseOptions, count: number): Knock | null {
  if (databaseKind(url) !== 'mysql') return null;
  const { host, port } = parseMysqlUrl(url);
  return new EarlySockets(host, port, Math.min(count, poolSize + maxOverflow));
}
