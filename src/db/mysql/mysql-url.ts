import { ConfigError } from '../../errors.js';
import { withoutPassword } from '../without-password.js';
import { parseTlsMode, type TlsMode } from './mysql-tls.js';

export interface MysqlTarget {
  host: string;
  port: number;
  /** Host and port as an operator writes them. */
  address: string;
  user: string;
  password: string;
  database: string;
  /** Undefined when the URL does not say. */
  tlsMode: TlsMode | undefined;
}

/** Reads `mysql://user:p%40ss@host:port/db?ssl-mode=REQUIRED`. */
export function parseMysqlUrl(text: string): MysqlTarget {
  const fail = failFor(text);
  const url = URL.canParse(text) ? new URL(text) : fail(`is no valid URL. ${hint}`);
  const decode = (part: string) => decodeOr(part, () => fail(`has a broken percent sign. ${hint}`));
  const host = decode(url.hostname).replace(/^\[|\]$/g, '') || fail(`names no host. ${hint}`);
  const port = Number(url.port || 3306);
  return {
    host,
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    user: decode(url.username),
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || fail(`names no database. ${hint}`),
    tlsMode: readParameters(url.searchParams, fail),
  };
}

const hint =
  'It must be mysql://USER:PASSWORD@HOST:PORT/DATABASE, with characters such as @ : / # ? % in the password percent-encoded (@ is %40)';

type Fail = (problem: string) => never;

function failFor(url: string): Fail {
  return (problem) => {
    throw new ConfigError(`DATABASE_URL "${withoutPassword(url)}" ${problem}`);
  };
}

function decodeOr(part: string, fail: () => never): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return fail();
  }
}

/** A parameter that would change nothing is refused: who wrote it expects that it does. */
function readParameters(parameters: URLSearchParams, fail: Fail): TlsMode | undefined {
  let tlsMode: TlsMode | undefined;
  for (const [name, value] of parameters) {
    if (tlsModeNames.includes(name)) {
      tlsMode = parseTlsMode(value, (allowed) => fail(`has ${name}=${value}, but ${allowed}`));
    } else if (name !== 'charset' || !/^utf8mb4/i.test(value)) {
      fail(`has the parameter ${name}, which is not supported. ${supported}`);
    }
  }
  return tlsMode;
}

const tlsModeNames = ['ssl-mode', 'sslmode', 'ssl_mode'];

const supported =
  'Supported are ssl-mode and charset=utf8mb4; the pool has DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, a CA file has DATABASE_CA';
