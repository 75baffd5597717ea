import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { ConfigError } from '../errors.js';

const TLS_MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

export type TlsMode = (typeof TLS_MODES)[number];

/** The words of one kind of database for the modes, and for the parameter of the URL. */
export type TlsWords = { parameter: string } & Record<TlsMode, string>;

export const MYSQL_TLS_WORDS: TlsWords = {
  parameter: 'ssl-mode',
  DISABLED: 'DISABLED',
  REQUIRED: 'REQUIRED',
  VERIFY_CA: 'VERIFY_CA',
  VERIFY_IDENTITY: 'VERIFY_IDENTITY',
};

export const POSTGRES_TLS_WORDS: TlsWords = {
  parameter: 'sslmode',
  DISABLED: 'disable',
  REQUIRED: 'require',
  VERIFY_CA: 'verify-ca',
  VERIFY_IDENTITY: 'verify-full',
};

export interface TlsTarget {
  host: string;
  /** Undefined if the URL has none. */
  tlsMode: TlsMode | undefined;
  tlsWords: TlsWords;
}

/** Accepts the modes of MySQL and of PostgreSQL, whichever the database is. */
export function parseTlsMode(value: string, words: TlsWords, fail: (problem: string) => never): TlsMode {
  const wanted = spelling(value);
  const mode = TLS_MODES.find((it) => [MYSQL_TLS_WORDS[it], POSTGRES_TLS_WORDS[it]].map(spelling).includes(wanted));
  if (mode) return mode;
  const { DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY } = words;
  return ['PREFERRED', 'PREFER', 'ALLOW'].includes(wanted)
    ? fail(
        `an attacker could turn its encryption off: use ${REQUIRED}, ${VERIFY_CA}, ${VERIFY_IDENTITY} or ${DISABLED}`,
      )
    : fail(`allowed are ${DISABLED}, ${REQUIRED}, ${VERIFY_CA}, ${VERIFY_IDENTITY}`);
}

function spelling(word: string): string {
  return word.toUpperCase().replaceAll('-', '_');
}

/** As an operator writes it. */
export function tlsParameter({ tlsWords }: TlsTarget, mode: TlsMode): string {
  return `${tlsWords.parameter}=${tlsWords[mode]}`;
}

export interface TlsOptions {
  rejectUnauthorized: boolean;
  verifyIdentity: boolean;
  ca?: string;
}

/**
 * DISABLED: plain text. REQUIRED: encrypted, and verified if there is a CA file. VERIFY_CA: the certificate must be
 * issued by the CA file or, without one, by a CA that the system trusts. VERIFY_IDENTITY: it must also be the host's.
 * The default is VERIFY_CA with a CA file, else DISABLED.
 */
export function tlsOptions(target: TlsTarget, caFile: string | undefined): TlsOptions | undefined {
  const ca = caFile === undefined ? undefined : readCertificates(caFile);
  const mode = target.tlsMode ?? (ca === undefined ? 'DISABLED' : 'VERIFY_CA');
  refuseContradictions(mode, target, ca);
  if (mode === 'DISABLED') return undefined;
  return {
    rejectUnauthorized: mode !== 'REQUIRED' || ca !== undefined,
    verifyIdentity: mode === 'VERIFY_IDENTITY',
    ...(ca === undefined ? {} : { ca }),
  };
}

function refuseContradictions(mode: TlsMode, target: TlsTarget, ca: string | undefined): void {
  if (mode === 'DISABLED' && ca !== undefined) {
    throw new ConfigError(
      `DATABASE_CA names a certificate, but DATABASE_URL has ${tlsParameter(target, mode)}: remove one of the two`,
    );
  }
  // The drivers would compare the certificate with "localhost" instead of the address.
  if (mode === 'VERIFY_IDENTITY' && isIP(target.host) !== 0) {
    throw new ConfigError(
      `DATABASE_URL has ${tlsParameter(target, mode)}, which needs a host name, but the host is ${target.host}: use the name, or ${tlsParameter(target, 'VERIFY_CA')}`,
    );
  }
}

/** The PEM file, validated, because TLS silently ignores what it cannot parse. */
function readCertificates(caFile: string): string {
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
