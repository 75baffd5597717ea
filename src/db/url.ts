import { resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import {
  MYSQL_TLS_WORDS,
  POSTGRES_TLS_WORDS,
  parseTlsMode,
  type TlsMode,
  type TlsTarget,
  type TlsWords,
} from './tls.js';

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

/** What DATABASE_URL says about a database server. */
export interface ServerTarget extends TlsTarget {
  port: number;
  /** Host and port as an operator writes them. */
  address: string;
  user: string;
  password: string;
  database: string;
}

/** How URLs of one kind of server look. */
interface UrlForm {
  scheme: string;
  port: number;
  tlsWords: TlsWords;
  /** Other parameters that may stand in a URL, because they ask for what is done anyway. */
  accepts(name: string, value: string): boolean;
  /** The parameters, for a message. */
  supported: string;
}

type ServerTargets = [ServerTarget, ...ServerTarget[]];

/**
 * Reads `mysql://user:p%40ss@host:port/db?ssl-mode=REQUIRED`, or throws ConfigError. Several hosts, with commas between
 * them, are a target each.
 */
export function parseMysqlUrl(text: string): ServerTargets {
  const form: UrlForm = {
    scheme: 'mysql',
    port: 3306,
    tlsWords: MYSQL_TLS_WORDS,
    accepts: (name, value) => name === 'charset' && /^utf8mb4/i.test(value),
    supported: `Supported are ssl-mode and charset=utf8mb4; ${OTHER_SETTINGS}`,
  };
  const fail = failFor(text);
  const targets = splitHosts(text, fail).map((url) => parseServerUrl(url, form, fail));
  const addresses = targets.map(({ address }) => address);
  const twice = addresses.find((address, at) => addresses.indexOf(address) < at);
  if (twice !== undefined) fail(`names the host ${twice} twice`);
  return targets as ServerTargets;
}

/** Reads `postgres://user:p%40ss@host:port/db?sslmode=require`, or throws ConfigError. */
export function parsePostgresUrl(text: string): ServerTarget {
  const fail = failFor(text);
  if (splitHosts(text, fail).length > 1) fail(`names several hosts. ${ONE_HOST}`);
  const form: UrlForm = {
    scheme: 'postgres',
    port: 5432,
    tlsWords: POSTGRES_TLS_WORDS,
    // Channel binding is used wherever the server offers it over TLS.
    accepts: (name, value) => name === 'channel_binding' && ['prefer', 'require'].includes(value),
    supported: `Supported are sslmode and channel_binding; ${OTHER_SETTINGS}`,
  };
  return parseServerUrl(text, form, fail);
}

/** Its driver has one host only. */
const ONE_HOST = 'Only mysql:// may: for PostgreSQL use one address that always leads to the primary server';

const OTHER_SETTINGS = 'for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA';

/** The same URL for each of the hosts in it. */
function splitHosts(text: string, fail: Fail): string[] {
  const [, before = '', list = '', after = ''] = /^([^/]*\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? [];
  const hosts = list.split(',');
  if (hosts.length === 1) return [text];
  const wrong = hosts.find((host) => !/^([^:\s]+|\[[^\]]+\])(:\d+)?$/.test(host));
  if (wrong !== undefined) {
    fail(`has "${wrong}" in its list of hosts. It must be HOST or HOST:PORT, then a comma, and so on`);
  }
  return hosts.map((host) => before + host + after);
}

function parseServerUrl(text: string, form: UrlForm, fail: Fail): ServerTarget {
  const wanted = `It must be ${form.scheme}://USER:PASSWORD@HOST:PORT/DATABASE, with characters such as @ : / # ? % in the password percent-encoded (@ is %40)`;
  const url = URL.canParse(text) ? new URL(text) : fail(`is not a valid URL. ${wanted}`);
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return fail(`has an invalid percent-encoding. ${wanted}`);
    }
  };
  const host = decode(url.hostname).replace(/^\[|\]$/g, '') || fail(`names no host. ${wanted}`);
  if (host.includes('/')) fail(`has the path of a socket for a host. ${noSocket(form)}`);
  const port = Number(url.port || form.port);
  return {
    host,
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    user: decode(url.username),
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || fail(`names no database. ${wanted}`),
    tlsMode: readParameters(url.searchParams, form, fail),
    tlsWords: form.tlsWords,
  };
}

type Fail = (problem: string) => never;

function failFor(url: string): Fail {
  return (problem) => {
    throw new ConfigError(`DATABASE_URL "${withoutPassword(url)}" ${problem}`);
  };
}

/** Unknown parameters are refused, because their author expects an effect. */
function readParameters(parameters: URLSearchParams, form: UrlForm, fail: Fail): TlsMode | undefined {
  let tlsMode: TlsMode | undefined;
  for (const [name, value] of parameters) {
    if (TLS_PARAMETERS.includes(name)) {
      tlsMode = parseTlsMode(value, form.tlsWords, (problem) => fail(`has ${name}=${value}, but ${problem}`));
    } else if (SOCKET_PARAMETER.test(name)) {
      fail(`has the parameter ${name}. ${noSocket(form)}`);
    } else if (!form.accepts(name, value)) {
      fail(`has the parameter ${name}, which is not supported. ${form.supported}`);
    }
  }
  return tlsMode;
}

const SOCKET_PARAMETER = /^(unix_?)?socket(_?path)?$|^host$/i;

function noSocket({ port }: UrlForm): string {
  return `Unix sockets are not supported: name the host and the port of the server, such as 127.0.0.1:${port}`;
}

const TLS_PARAMETERS = ['ssl-mode', 'sslmode', 'ssl_mode'];
