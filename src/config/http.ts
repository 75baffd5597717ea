import { isIP } from 'node:net';
import { isLoopback } from '../access.js';
import type { Environment } from '../config.js';
import { ConfigError } from '../errors.js';
import { adminTokens, integer, list, oneOf, port, secret, text, url } from './readers.js';

/** Requests a minute for each client. */
const RATE_LIMIT_IN_PUBLIC = 600;
const ON_OFF = ['on', 'off'] as const;

/** How the server meets the world. */
export function readHttp(env: Environment) {
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
