import { resolve } from 'node:path';
import { ConfigError } from '../../errors.js';

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
