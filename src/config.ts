import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { isLoopback } from './access.js';
import { GdpMethod } from './countries/gdp.js';
import { adminTokens, cron, integer, list, oneOf, port, secret, someOf, text, url, urls } from './env.js';
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

/** Requests a minute for each client. */
const RATE_LIMIT_IN_PUBLIC = 600;
const ON_OFF = ['on', 'off'] as const;

/** How the server meets the world. */
function readHttp(env: Environment) {
  const host = text(env, 'HOST', '127.0.0.1');
  return Object.freeze({
    host,
    port: port(env, 'PORT', 4000),
    adminTokens: adminTokens(env, 'ADMIN_TOKEN'),
    answerCacheBytes: integer(env, 'ANSWER_CACHE_MB', 32, { min: 0, max: 4096 }) * 1_000_000,
    corsOrigins: checked(env, 'CORS_ORIGINS', isOrigin, 'origins such as https://app.example.org, or *'),
    trustedProxies: checked(env, 'TRUSTED_PROXIES', isNetwork, 'addresses or networks such as 10.0.0.0/8'),
    /** Requests a minute for each client; 0 for no limit. On a loopback address all clients are this machine. */
    rateLimit: integer(env, 'RATE_LIMIT', isLoopback(host) ? 0 : RATE_LIMIT_IN_PUBLIC, {
      min: 0,
      max: 10 ** 6,
    }),
    landingPage: oneOf(env, 'LANDING_PAGE', ON_OFF, 'on') === 'on',
    introspection: oneOf(env, 'INTROSPECTION', ON_OFF, 'on') === 'on',
    persistedQueriesFile: text(env, 'PERSISTED_QUERIES'),
    metricsToken: secret(env, 'METRICS_TOKEN'),
    /** The name that OpenTelemetry gives it. */
    tracesEndpoint: url(env, 'OTEL_EXPORTER_OTLP_ENDPOINT'),
  });
}

function checked(
  env: Environment,
  name: string,
  isGood: (item: string) => boolean,
  allowed: string,
): readonly string[] {
  const items = list(env, name);
  const bad = items.find((item) => !isGood(item));
  if (bad === undefined) return items;
  throw new ConfigError(`${name} has ${JSON.stringify(bad)} in it; it must be ${allowed}, comma-separated`);
}

function isOrigin(item: string): boolean {
  return item === '*' || (URL.canParse(item) && new URL(item).origin === item);
}

function isNetwork(item: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return true;
  const [address = '', bits, ...more] = item.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** A minute; one to two seconds of a processor. A sixth of it, as much as one query may cost, can be spent at once. */
const COST_IN_PUBLIC = 300_000;

export type QueryLimits = ReturnType<typeof readLimits>;

export type CountedLimit = Extract<keyof QueryLimits, `QUERY_MAX_${string}`>;

/**
 * What one query may cost. The defaults let every sensible query pass, all countries with everything about them among
 * these, and the introspection of every tool.
 */
function readLimits(env: Environment) {
  const host = text(env, 'HOST', '127.0.0.1');
  const most = (name: string, fallback: number) => integer(env, name, fallback, { min: 1, max: 10 ** 9 });
  return Object.freeze({
    /** Bodies are refused before they are read as JSON. */
    bodyBytes: most('BODY_MAX_KB', 100) * 1024,
    QUERY_MAX_TOKENS: most('QUERY_MAX_TOKENS', 2000),
    /** Levels of fields. */
    QUERY_MAX_DEPTH: most('QUERY_MAX_DEPTH', 15),
    QUERY_MAX_ALIASES: most('QUERY_MAX_ALIASES', 50),
    QUERY_MAX_DIRECTIVES: most('QUERY_MAX_DIRECTIVES', 50),
    /** Fields and fragments that stand in one place more than once. */
    QUERY_MAX_DUPLICATES: most('QUERY_MAX_DUPLICATES', 50),
    /** Fields in the answer, as far as the sizes of its lists can be known beforehand. */
    QUERY_MAX_COST: most('QUERY_MAX_COST', 50_000),
    /** Values in arguments and variables. */
    QUERY_MAX_INPUTS: most('QUERY_MAX_INPUTS', 1000),
    /** Levels of lists and objects in them. */
    QUERY_MAX_INPUT_DEPTH: most('QUERY_MAX_INPUT_DEPTH', 20),
    /** What the queries of one client may cost together; 0 for no limit. */
    costPerMinute: integer(env, 'COST_LIMIT', isLoopback(host) ? 0 : COST_IN_PUBLIC, {
      min: 0,
      max: 10 ** 12,
    }),
    timeoutMs: most('QUERY_TIMEOUT', 10) * 1000,
  });
}

const ON_START = ['never', 'when-empty', 'when-stale', 'always'] as const;
const GDP_METHODS = { 'per-capita': GdpMethod.PER_CAPITA, multiplier: GdpMethod.MULTIPLIER } as const;
const GDP_METHOD_NAMES = Object.keys(GDP_METHODS) as (keyof typeof GDP_METHODS)[];

/** When and how refreshes run. */
function readRefresh(env: Environment) {
  return Object.freeze({
    batchSize: integer(env, 'REFRESH_BATCH_SIZE', 100, { min: 1, max: 1000 }),
    onStart: oneOf(env, 'REFRESH_ON_START', ON_START, 'when-stale'),
    schedule: cron(env, 'REFRESH_SCHEDULE'),
    keepReports: integer(env, 'REFRESH_KEEP_REPORTS', 100, { min: 1, max: 10_000 }),
    gdpMethod: GDP_METHODS[oneOf(env, 'GDP_METHOD', GDP_METHOD_NAMES, 'per-capita')],
  });
}

const COUNTRIES_SOURCES = [
  'csc',
  'restcountries',
  'restcountries-v3',
  'restcountries-v2',
  'bundled',
] as const;
const RATES_SOURCES = ['currency-api', 'open-er-api', 'frankfurter', 'bundled'] as const;

export type CountriesSourceName = (typeof COUNTRIES_SOURCES)[number];
export type RatesSourceName = (typeof RATES_SOURCES)[number];

/** Whom a refresh asks. */
function readSources(env: Environment) {
  const apiKey = secret(env, 'REST_COUNTRIES_API_KEY');
  const countries = someOf(env, 'COUNTRIES_SOURCE', COUNTRIES_SOURCES, apiKey ? 'restcountries' : 'csc');
  if (countries.includes('restcountries') && apiKey === undefined) {
    throw new ConfigError(
      'COUNTRIES_SOURCE is "restcountries", which needs REST_COUNTRIES_API_KEY to be set',
    );
  }
  return Object.freeze({
    countries,
    countriesUrls: urls(env, 'COUNTRIES_URL'),
    rates: someOf(env, 'RATES_SOURCE', RATES_SOURCES, 'currency-api'),
    ratesUrls: urls(env, 'RATES_URL'),
    gdpUrl: url(env, 'GDP_URL'),
    restCountriesApiKey: apiKey,
    timeoutMs: integer(env, 'API_TIMEOUT', 30, { min: 1, max: 600 }) * 1000,
  });
}

function readDatabase(env: Environment) {
  return Object.freeze({
    url: text(env, 'DATABASE_URL', 'sqlite:data/country-exchange.db'),
    caFile: text(env, 'DATABASE_CA'),
    poolSize: integer(env, 'DATABASE_POOL_SIZE', 10, { min: 1, max: 1000 }),
    maxOverflow: integer(env, 'DATABASE_MAX_OVERFLOW', 20, { min: 0, max: 1000 }),
  });
}

/** Where the picture is kept, and notes of what the sources sent last. */
function readCacheDir(env: Environment) {
  return Object.freeze({
    path: text(env, 'CACHE_DIR', 'data/cache'),
    /** The default gives way where it cannot be written; a folder that was asked for does not. */
    isDefault: text(env, 'CACHE_DIR') === undefined,
  });
}
