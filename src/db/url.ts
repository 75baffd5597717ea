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

/** Whether it is in the memory of its connection, where no other one sees it. */
export function isPrivate(url: string): boolean {
  return databaseKind(url) === 'sqlite' && url.slice(url.indexOf(':') + 1) === ':memory:';
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
