import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2';
import { ConfigError } from '../../errors.js';
import { withoutPassword } from '../url.js';

export interface MysqlTarget {
  host: string;
  port: number;
  /** Host and port as an operator writes them. */
  address: string;
  user: string;
  password: string;
  database: string;
  /** Undefined if the URL has none. */
  tlsMode: TlsMode | undefined;
}

/** Reads `mysql://user:p%40ss@host:port/db?ssl-mode=REQUIRED`. */
export function parseMysqlUrl(text: string): MysqlTarget {
  const fail = failFor(text);
  const url = URL.canParse(text) ? new URL(text) : fail(`is not a valid URL. ${FORM}`);
  const decode = (part: string) => decodeOr(part, () => fail(`has an invalid percent-encoding. ${FORM}`));
  const host = decode(url.hostname).replace(/^\[|\]$/g, '') || fail(`names no host. ${FORM}`);
  if (host.includes('/')) fail(`has the path of a socket for a host. ${NO_SOCKET}`);
  const port = Number(url.port || 3306);
  return {
    host,
    port,
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    user: decode(url.username),
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || fail(`names no database. ${FORM}`),
    tlsMode: readParameters(url.searchParams, fail),
  };
}

const FORM =
  'It must be mysql://USER:PASSWORD@HOST:PORT/DATABASE, with characters such as @ : / # ? % in the password percent-encoded (@ is %40)';

const NO_SOCKET = 'Unix sockets are not supported: name the host and the port of the server, such as 127.0.0.1:3306';

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

/** Unknown parameters are refused, because their author expects an effect. */
function readParameters(parameters: URLSearchParams, fail: Fail): TlsMode | undefined {
  let tlsMode: TlsMode | undefined;
  for (const [name, value] of parameters) {
    if (TLS_MODE_NAMES.includes(name)) {
      tlsMode = parseTlsMode(value, (allowed) => fail(`has ${name}=${value}, but ${allowed}`));
    } else if (/^(unix_?)?socket(_?path)?$/i.test(name)) {
      fail(`has the parameter ${name}. ${NO_SOCKET}`);
    } else if (name !== 'charset' || !/^utf8mb4/i.test(value)) {
      fail(`has the parameter ${name}, which is not supported. ${SUPPORTED}`);
    }
  }
  return tlsMode;
}

const TLS_MODE_NAMES = ['ssl-mode', 'sslmode', 'ssl_mode'];

const SUPPORTED =
  'Supported are ssl-mode and charset=utf8mb4; for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA';

const TLS_MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
type TlsMode = (typeof TLS_MODES)[number];

function parseTlsMode(value: string, fail: (allowed: string) => never): TlsMode {
  const wanted = value.toUpperCase().replaceAll('-', '_');
  if (wanted === 'PREFERRED') {
    return fail('an attacker could turn its encryption off: use REQUIRED, VERIFY_CA, VERIFY_IDENTITY or DISABLED');
  }
  return TLS_MODES.find((mode) => mode === wanted) ?? fail(`allowed are ${TLS_MODES.join(', ')}`);
}

/**
 * DISABLED: plain text. REQUIRED: encrypted, and verified if there is a CA file. VERIFY_CA: the certificate must be
 * issued by the CA file or, without one, by a CA that the system trusts. VERIFY_IDENTITY: it must also be the host's.
 * The default is VERIFY_CA with a CA file, else DISABLED.
 */
export function tlsOptions(target: MysqlTarget, ca: string | undefined): SslOptions | undefined {
  const mode = target.tlsMode ?? (ca === undefined ? 'DISABLED' : 'VERIFY_CA');
  refuseContradictions(mode, target, ca);
  if (mode === 'DISABLED') return undefined;
  return {
    rejectUnauthorized: mode !== 'REQUIRED' || ca !== undefined,
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ...(ca === undefined ? {} : { ca }),
  };
}

function refuseContradictions(mode: TlsMode, target: MysqlTarget, ca: string | undefined): void {
  if (mode === 'DISABLED' && ca !== undefined) {
    throw new ConfigError(
      'DATABASE_CA names a certificate, but DATABASE_URL has ssl-mode=DISABLED: remove one of the two',
    );
  }
  // mysql2 would compare the certificate with "localhost" instead of the address.
  if (mode === 'VERIFY_IDENTITY' && isIP(target.host) !== 0) {
    throw new ConfigError(
      `DATABASE_URL has ssl-mode=VERIFY_IDENTITY, which needs a host name, but the host is ${target.host}: use the name, or ssl-mode=VERIFY_CA`,
    );
  }
}

/** The PEM file, validated, because TLS silently ignores what it cannot parse. */
export function readCertificates(caFile: string): string {
  const pem = readPem(caFile);
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new ConfigError(
      `DATABASE_CA names ${caFile}, but that is not a PEM file with certificates: it must contain -----BEGIN CERTIFICATE-----`,
    );
  }
  return pem;
}

function readPem(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (error) {
    throw new ConfigError(`DATABASE_CA names ${caFile}, which cannot be read: ${(error as Error).message}`);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}
