import { DatabaseUnavailableError } from '../errors.js';
import { tlsParameter } from './tls.js';
import type { ServerTarget } from './url.js';

/** One line that tells an operator what to do. */
export type Explain = (target: ServerTarget, error: Error & { code?: string }) => string;

/** Explanations by the driver's error codes. */
export function explanationsByCode(explained: readonly [Explain, ...codes: string[]][]): Map<string, Explain> {
  return new Map(explained.flatMap(([explain, ...codes]) => codes.map((code) => [code, explain])));
}

export function unavailable(explain: Explain, target: ServerTarget, error: Error): DatabaseUnavailableError {
  return new DatabaseUnavailableError(explain(target, error), error);
}

export const lost: Explain = (target, error) =>
  `The connection to the database at ${target.address} was lost (${error.message}): check that the server is up, and try again`;

export const unreachable: Explain = (target, error) =>
  `The database at ${target.address} cannot be reached (${error.code}): check host and port in DATABASE_URL, the network and the firewall`;

const refused: Explain = (target) =>
  `Nothing listens at ${target.address}: start the database server, or check host and port in DATABASE_URL`;

const unknownHost: Explain = (target) =>
  `The host name ${target.host} does not exist: check the host in DATABASE_URL, and the DNS`;

export const denied: Explain = (target) =>
  `The database at ${target.address} refused the user "${target.user}": check user and password in DATABASE_URL` +
  (target.tlsMode === undefined || target.tlsMode === 'DISABLED'
    ? ` (users who must use TLS get the same error: add ?${tlsParameter(target, 'REQUIRED')})`
    : '');

export const noDatabase: Explain = (target) =>
  `The database at ${target.address} has no database "${target.database}" that the user "${target.user}" may use: create it, grant it, or change DATABASE_URL`;

export const noGrant: Explain = (target, error) =>
  `The user "${target.user}" may not do this in the database at ${target.address} (${error.message}): grant it`;

export const tlsRequired: Explain = (target) =>
  `The database at ${target.address} accepts encrypted connections only: add ?${tlsParameter(target, 'REQUIRED')} to DATABASE_URL`;

export const noTls: Explain = (target) =>
  `The database at ${target.address} does not offer TLS, which ${tlsParameter(target, target.tlsMode ?? 'VERIFY_CA')} requires: enable it there, or use ${tlsParameter(target, 'DISABLED')} in a network that you trust`;

export const tlsFailed: Explain = (target, error) =>
  `The TLS connection to the database at ${target.address} failed (${error.message}): check DATABASE_CA, and the host in DATABASE_URL`;

export const full: Explain = (target, error) =>
  `The database server at ${target.address} accepts no more connections (${error.message}): lower DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, or raise the server's limit`;

export const readOnly: Explain = (target) =>
  `The database at ${target.address} is read-only: DATABASE_URL must name the primary server`;

export const noSpace: Explain = (target) => `The disk of the database at ${target.address} is full`;

export const busy: Explain = (target, error) =>
  `The database at ${target.address} was busy with other writers (${error.message}): try again`;

/** Of the network, the same for every driver. */
export const NETWORK_ERRORS: readonly [Explain, ...codes: string[]][] = [
  [refused, 'ECONNREFUSED'],
  [unknownHost, 'ENOTFOUND'],
  [unreachable, 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  [lost, 'ECONNRESET', 'EPIPE'],
];
