import { parseServerUrl, type ServerTarget } from '../server-url.js';
import { POSTGRES_TLS_WORDS } from '../tls.js';

/** Reads `postgres://user:p%40ss@host:port/db?sslmode=require`. */
export function parsePostgresUrl(text: string): ServerTarget {
  return parseServerUrl(text, {
    scheme: 'postgres',
    port: 5432,
    tlsWords: POSTGRES_TLS_WORDS,
    // Channel binding is used wherever the server offers it over TLS.
    accepts: (name, value) => name === 'channel_binding' && ['prefer', 'require'].includes(value),
    supported:
      'Supported are sslmode and channel_binding; for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA',
  });
}
