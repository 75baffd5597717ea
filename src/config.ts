import { existsSync } from 'node:fs';
import { readHttp } from './config/http.js';
import { readLimits } from './config/limits.js';
import { oneOf } from './config/readers.js';
import { readRefresh } from './config/refresh.js';
import { readSources } from './config/sources.js';
import { readCacheDir, readDatabase } from './config/storage.js';
import { ConfigError } from './errors.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type Environment = Readonly<Record<string, string | undefined>>;
export type Config = ReturnType<typeof readConfig>;

/** The settings, checked. Throws ConfigError, which names the variable, what it was and what is allowed. */
export function readConfig(env: Environment) {
  return Object.freeze({
    http: readHttp(env),
    limits: readLimits(env),
    database: readDatabase(env),
    sources: readSources(env),
    refresh: readRefresh(env),
    cacheDir: readCacheDir(env),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
  });
}

/** The only place that reads process.env. Variables already set win over those in `.env`. */
export function loadConfig(): Config {
  if (existsSync('.env')) {
    try {
      process.loadEnvFile('.env');
    } catch (cause) {
      throw new ConfigError(`.env cannot be read: ${(cause as Error).message}`);
    }
  }
  return readConfig(process.env);
}
