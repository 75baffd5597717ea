import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { GdpMethod } from './countries/gdp.js';
import {
  adminTokens,
  cron,
  type Environment,
  integer,
  list,
  oneOf,
  proxy,
  readEnvFile,
  secret,
  someOf,
  text,
  url,
  urls,
} from './env.js';
import { ConfigError } from './errors.js';
import { isLoopback } from './net.js';

export type Config = ReturnType<typeof readConfig>;

/** Reads `.env` and the environment; variables that are set win. Nothing else reads process.env. */
export function loadConfig(): Config {
  // Libraries read variables of their own, such as those of OpenTelemetry.
  if (existsSync('.env')) Object.assign(process.env, { ...readEnvFile('.env'), ...process.env });
  return readConfig(process.env);
}

/** Throws ConfigError, which names the variable, its value and what is allowed. */
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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const A_YEAR = 365 * 24 * 60 * 60;
const ON_OFF = ['on', 'off'] as const;

function readHttp(env: Environment) {
  const host = text(env, 'HOST') ?? '127.0.0.1';
  return Object.freeze({
    host,
    /** With 0 the system chooses a free one. */
    port: integer(env, 'PORT', 4000, 0, 65_535),
    adminTokens: adminTokens(env, 'ADMIN_TOKEN'),
    responseCacheBytes: integer(env, 'ANSWER_CACHE_MB', 32, 0, 4096) * 1_000_000,
    /** Seconds that shared caches keep responses; if undefined, until the next expected refresh. */
    cacheMaxAge: text(env, 'CACHE_MAX_AGE') === undefined ? undefined : integer(env, 'CACHE_MAX_AGE', 0, 0, A_YEAR),
    corsOrigins: listOf(env, 'CORS_ORIGINS', isOrigin, 'origins such as https://app.example.org, or *'),
    trustedProxies: listOf(env, 'TRUSTED_PROXIES', isNetwork, 'addresses or networks such as 10.0.0.0/8'),
    /** Requests per minute and client; 0 is unlimited. On a loopback address all clients are this machine. */
    rateLimit: integer(env, 'RATE_LIMIT', isLoopback(host) ? 0 : 600, 0, 10 ** 6),
    landingPage: oneOf(env, 'LANDING_PAGE', ON_OFF, 'on') === 'on',
    introspection: oneOf(env, 'INTROSPECTION', ON_OFF, 'on') === 'on',
    persistedQueriesFile: text(env, 'PERSISTED_QUERIES'),
    metricsToken: secret(env, 'METRICS_TOKEN'),
    /** A standard variable of OpenTelemetry. */
    tracesEndpoint: url(env, 'OTEL_EXPORTER_OTLP_ENDPOINT'),
  });
}

function listOf(env: Environment, name: string, isValid: (item: string) => boolean, allowed: string) {
  const items = list(env, name);
  const invalid = items.find((item) => !isValid(item));
  if (invalid === undefined) return items;
  throw new ConfigError(`${name} contains ${JSON.stringify(invalid)}; it must be ${allowed}, comma-separated`);
}

function isOrigin(item: string): boolean {
  return item === '*' || (URL.canParse(item) && new URL(item).origin === item);
}

function isNetwork(item: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(item)) return true;
  const [address = '', bits, ...more] = item.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  const most = isIP(address) === 4 ? 32 : 128;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= most);
}

/** One to two seconds of CPU time per minute. A sixth of it, the most that one query may cost, can be spent at once. */
const DEFAULT_COST_LIMIT = 300_000;

export type QueryLimits = ReturnType<typeof readLimits>;

export type CountedLimit = Extract<keyof QueryLimits, `QUERY_MAX_${string}`>;

/** The defaults allow all countries with all their fields, and the introspection of every tool. */
function readLimits(env: Environment) {
  const host = text(env, 'HOST') ?? '127.0.0.1';
  const limit = (name: string, fallback: number) => integer(env, name, fallback, 1, 10 ** 9);
  return Object.freeze({
    bodyBytes: limit('BODY_MAX_KB', 100) * 1024,
    QUERY_MAX_TOKENS: limit('QUERY_MAX_TOKENS', 2000),
    /** Levels of nested fields. */
    QUERY_MAX_DEPTH: limit('QUERY_MAX_DEPTH', 15),
    QUERY_MAX_ALIASES: limit('QUERY_MAX_ALIASES', 50),
    QUERY_MAX_DIRECTIVES: limit('QUERY_MAX_DIRECTIVES', 50),
    /** Fields and fragments that are repeated in one selection. */
    QUERY_MAX_DUPLICATES: limit('QUERY_MAX_DUPLICATES', 50),
    /** Fields in the response, estimated from the sizes of its lists. */
    QUERY_MAX_COST: limit('QUERY_MAX_COST', 50_000),
    /** Values in arguments and variables. */
    QUERY_MAX_INPUTS: limit('QUERY_MAX_INPUTS', 1000),
    /** Levels of nested lists and objects in arguments and variables. */
    QUERY_MAX_INPUT_DEPTH: limit('QUERY_MAX_INPUT_DEPTH', 20),
    /** For all queries of one client; 0 is unlimited. */
    costPerMinute: integer(env, 'COST_LIMIT', isLoopback(host) ? 0 : DEFAULT_COST_LIMIT, 0, 10 ** 12),
    timeoutMs: limit('QUERY_TIMEOUT', 10) * 1000,
  });
}

const COUNTRIES_SOURCES = ['csc', 'restcountries', 'restcountries-v3', 'restcountries-v2', 'bundled'] as const;
const RATES_SOURCES = ['currency-api', 'open-er-api', 'frankfurter', 'bundled'] as const;

export type CountriesSourceName = (typeof COUNTRIES_SOURCES)[number];
export type RatesSourceName = (typeof RATES_SOURCES)[number];

function readSources(env: Environment) {
  const apiKey = secret(env, 'REST_COUNTRIES_API_KEY');
  const countries = someOf(env, 'COUNTRIES_SOURCE', COUNTRIES_SOURCES, apiKey ? 'restcountries' : 'csc');
  if (countries.includes('restcountries') && apiKey === undefined) {
    throw new ConfigError('COUNTRIES_SOURCE is "restcountries", which needs REST_COUNTRIES_API_KEY');
  }
  return Object.freeze({
    countries,
    countriesUrls: urls(env, 'COUNTRIES_URL'),
    rates: someOf(env, 'RATES_SOURCE', RATES_SOURCES, 'currency-api'),
    ratesUrls: urls(env, 'RATES_URL'),
    gdpUrl: url(env, 'GDP_URL'),
    restCountriesApiKey: apiKey,
    timeoutMs: integer(env, 'API_TIMEOUT', 30, 1, 600) * 1000,
    proxies: readProxies(env),
  });
}

export type Proxies = ReturnType<typeof readProxies>;

/** Variables that curl and others read too, lower case first. */
function readProxies(env: Environment) {
  return Object.freeze({
    http: proxy(env, 'HTTP_PROXY'),
    https: proxy(env, 'HTTPS_PROXY'),
    /** Hosts that are asked directly; `*` is all. */
    except: Object.freeze([...list(env, 'no_proxy'), ...list(env, 'NO_PROXY')].flatMap((hosts) => hosts.split(/\s+/))),
  });
}

const ON_START = ['never', 'when-empty', 'when-stale', 'always'] as const;
const GDP_METHODS = { 'per-capita': GdpMethod.PER_CAPITA, multiplier: GdpMethod.MULTIPLIER } as const;
const GDP_METHOD_NAMES = Object.keys(GDP_METHODS) as (keyof typeof GDP_METHODS)[];

function readRefresh(env: Environment) {
  return Object.freeze({
    batchSize: integer(env, 'REFRESH_BATCH_SIZE', 100, 1, 1000),
    onStart: oneOf(env, 'REFRESH_ON_START', ON_START, 'when-stale'),
    schedule: cron(env, 'REFRESH_SCHEDULE'),
    keepReports: integer(env, 'REFRESH_KEEP_REPORTS', 100, 1, 10_000),
    gdpMethod: GDP_METHODS[oneOf(env, 'GDP_METHOD', GDP_METHOD_NAMES, 'per-capita')],
  });
}

function readDatabase(env: Environment) {
  return Object.freeze({
    url: text(env, 'DATABASE_URL') ?? 'sqlite:data/country-exchange.db',
    caFile: text(env, 'DATABASE_CA'),
    poolSize: integer(env, 'DATABASE_POOL_SIZE', 10, 1, 1000),
    maxOverflow: integer(env, 'DATABASE_MAX_OVERFLOW', 20, 0, 1000),
  });
}

/** For the summary image and the responses of the sources. */
function readCacheDir(env: Environment) {
  return Object.freeze({
    path: text(env, 'CACHE_DIR') ?? 'data/cache',
    /** If the default cannot be written, another folder is used; a configured one is an error. */
    isDefault: text(env, 'CACHE_DIR') === undefined,
  });
}
