import { existsSync } from 'node:fs';
import { readHttp } from './config-http.js';
import { cron, integer, oneOf, secret, someOf, text, url, urls } from './config-readers.js';
import { ConfigError } from './errors.js';
import { readLimits } from './graphql/limits/query-limits.js';

const COUNTRIES_SOURCES = [
  'csc',
  'restcountries',
  'restcountries-v3',
  'restcountries-v2',
  'bundled',
] as const;
const RATES_SOURCES = ['currency-api', 'open-er-api', 'frankfurter', 'bundled'] as const;
const GDP_METHODS = ['per-capita', 'multiplier'] as const;
const REFRESH_ON_START = ['never', 'when-empty', 'when-stale', 'always'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type CountriesSourceName = (typeof COUNTRIES_SOURCES)[number];
export type RatesSourceName = (typeof RATES_SOURCES)[number];
export type Environment = Readonly<Record<string, string | undefined>>;
export type Config = ReturnType<typeof readConfig>;

/** The settings, checked. Throws ConfigError, which names the variable, what it was and what is allowed. */
export function readConfig(env: Environment) {
  const apiKey = secret(env, 'REST_COUNTRIES_API_KEY');
  const countries = someOf(env, 'COUNTRIES_SOURCE', COUNTRIES_SOURCES, apiKey ? 'restcountries' : 'csc');
  if (countries.includes('restcountries') && apiKey === undefined) {
    throw new ConfigError(
      'COUNTRIES_SOURCE is "restcountries", which needs REST_COUNTRIES_API_KEY to be set',
    );
  }
  return Object.freeze({
    http: readHttp(env),
    limits: readLimits(env),
    database: Object.freeze({
      url: text(env, 'DATABASE_URL', 'sqlite:data/country-exchange.db'),
      caFile: text(env, 'DATABASE_CA'),
      poolSize: integer(env, 'DATABASE_POOL_SIZE', 10, { min: 1, max: 1000 }),
      maxOverflow: integer(env, 'DATABASE_MAX_OVERFLOW', 20, { min: 0, max: 1000 }),
    }),
    sources: Object.freeze({
      countries,
      countriesUrls: urls(env, 'COUNTRIES_URL'),
      rates: someOf(env, 'RATES_SOURCE', RATES_SOURCES, 'currency-api'),
      ratesUrls: urls(env, 'RATES_URL'),
      gdpUrl: url(env, 'GDP_URL'),
      restCountriesApiKey: apiKey,
      timeoutMs: integer(env, 'API_TIMEOUT', 30, { min: 1, max: 600 }) * 1000,
    }),
    refresh: Object.freeze({
      batchSize: integer(env, 'REFRESH_BATCH_SIZE', 100, { min: 1, max: 1000 }),
      onStart: oneOf(env, 'REFRESH_ON_START', REFRESH_ON_START, 'when-stale'),
      schedule: cron(env, 'REFRESH_SCHEDULE'),
      keepReports: integer(env, 'REFRESH_KEEP_REPORTS', 100, { min: 1, max: 10_000 }),
      gdpMethod: oneOf(env, 'GDP_METHOD', GDP_METHODS, 'per-capita'),
    }),
    cacheDir: Object.freeze({
      path: text(env, 'CACHE_DIR', 'data/cache'),
      /** The default gives way where it cannot be written; a folder that was asked for does not. */
      isDefault: text(env, 'CACHE_DIR') === undefined,
    }),
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
