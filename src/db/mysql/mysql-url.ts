import { parseServerUrl, type ServerTarget } from '../server-url.js';
import { MYSQL_TLS_WORDS } from '../tls.js';

/** Reads `mysql://user:p%40ss@host:port/db?ssl-mode=REQUIRED`. */
export function parseMysqlUrl(text: string): ServerTarget {
  return parseServerUrl(text, {
    scheme: 'mysql',
    port: 3306,
    tlsWords: MYSQL_TLS_WORDS,
    accepts: (name, value) => name === 'charset' && /^utf8mb4/i.test(value),
    supported:
      'Supported are ssl-mode and charset=utf8mb4; for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA',
  });
}
