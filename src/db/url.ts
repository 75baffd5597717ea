import { resolve } from 'node:path';
import { ConfigError } from '../errors.js';

const KINDS = {
  sqlite: 'sqlite',
  mysql: 'mysql',
  mariadb: 'mysql',
  postgres: 'postgres',
  postgresql: 'postgres',
} as const;

export type DatabaseKind = (typeof KINDS)[keyof typeof KINDS];

/** Throws ConfigError if the URL names no supported database. */
export function databaseKind(url: string): DatabaseKind {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
  if (Object.hasOwn(KINDS, scheme)) return KINDS[scheme as keyof typeof KINDS];
  throw new ConfigError(
    `DATABASE_URL is "${withoutPassword(url)}", but must be sqlite:PATH, or mysql:// or postgres://USER:PASSWORD@HOST:PORT/DATABASE`,
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
  if (path === ':memory:') return path;
  // Some programs read `sqlite:///x.db` as a relative path, some as an absolute one: refuse it instead of guessing.
  if (path === '' || path.startsWith('//')) {
    throw new ConfigError(
      `DATABASE_URL is "${url}", but must be sqlite:PATH, for instance sqlite:data/country-exchange.db or sqlite:/var/lib/country-exchange.db`,
    );
  }
  return resolve(path);
}

/** For messages. Also hides what could be a password in an invalid URL. */
export function withoutPassword(url: string): string {
  const afterScheme = url.includes('//') ? url.indexOf('//') + 2 : 0;
  const colon = url.indexOf(':', afterScheme);
  const at = url.lastIndexOf('@');
  const shown = at > colon && colon >= 0 ? `${url.slice(0, colon)}:***${url.slice(at)}` : url;
  return shown.replace(/([?&][^=&]*pass[^=&]*=)[^&]*/gi, '$1***');
}
