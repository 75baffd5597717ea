import type { Environment } from '../config.js';
import { integer, text } from './readers.js';

export function readDatabase(env: Environment) {
  return Object.freeze({
    url: text(env, 'DATABASE_URL', 'sqlite:data/country-exchange.db'),
    caFile: text(env, 'DATABASE_CA'),
    poolSize: integer(env, 'DATABASE_POOL_SIZE', 10, { min: 1, max: 1000 }),
    maxOverflow: integer(env, 'DATABASE_MAX_OVERFLOW', 20, { min: 0, max: 1000 }),
  });
}

/** Where the picture is kept, and notes of what the sources sent last. */
export function readCacheDir(env: Environment) {
  return Object.freeze({
    path: text(env, 'CACHE_DIR', 'data/cache'),
    /** The default gives way where it cannot be written; a folder that was asked for does not. */
    isDefault: text(env, 'CACHE_DIR') === undefined,
  });
}
