import { resolve } from 'node:path';
import { ConfigError } from '../errors.js';

const KINDS = { sqlite: 'sqlite', mysql: 'mysql', mariadb: 'mysql' } as const;

export type DatabaseKind = (typeof KINDS)[keyof typeof KINDS];

/** Which kind of database the address names. Throws ConfigError where it names none that is known. */
export function databaseKind(url: string): DatabaseKind {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
  if (Object.hasOwn(KINDS, scheme)) return KINDS[scheme as keyof typeof KINDS];
  throw new ConfigError(
    `DATABASE_URL is "${withoutPassword(url)}", but must be sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/DATABASE`,
  );
}

/** The path of an embedded database; null for one on a server or in memory. */
export function databaseFile(url: string): string | null {
  const path = databaseKind(url) === 'sqlite' ? sqlitePath(url) : ':memory:';
  return path === ':memory:' ? null : path;
}

/** The absolute path in `sqlite:PATH`, or `:memory:`. */
export function sqlitePath(url: string): string {
  const path = url.slice(url.indexOf(':') + 1);
  if (path === ':memory:') {
    return path;
  }
  // Others read `sqlite:///x.db` as a path from the working directory, or from the root: it must not be guessed.
  if (path === '' || path.startsWith('//')) {
    throw new ConfigError(
      `DATABASE_URL is "${url}", but must be sqlite:PATH, for instance sqlite:data/country-exchange.db or sqlite:/var/lib/country-exchange.db`,
    );
  }
  return resolve(path);
}

/**
 * A database URL that may be shown. It need not be a valid URL: whatever could be a password in a mistyped one goes
 * as well.
 */
export function withoutPassword(url: string): string {
  const afterScheme = url.includes('//') ? url.indexOf('//') + 2 : 0;
  const colon = url.indexOf(':', afterScheme);
  const at = url.lastIndexOf('@');
  const shown = at > colon && colon >= 0 ? `${url.slice(0, colon)}:***${url.slice(at)}` : url;
  return shown.replace(/([?&][^=&]*pass[^=&]*=)[^&]*/gi, '$1***');
}
