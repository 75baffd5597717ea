import { DatabaseUnavailableError } from '../../errors.js';
import type { MysqlTarget } from './mysql-url.js';

/**
 * One clear line for what is wrong with the server, the network or the settings; whatever is wrong with the query is
 * returned as it is.
 */
export function explainMysqlError(error: unknown, target: MysqlTarget): unknown {
  if (!isMysqlError(error)) {
    return error;
  }
  const code = error.code ?? String(error.errno);
  const explain = explanations.get(code) ?? (isConnectionGone(error) ? explainLost : undefined);
  return explain ? new DatabaseUnavailableError(explain(target, error), error) : error;
}

/** Deadlock, lock wait timeout, and MariaDB's "record has changed since last read". */
export function isMysqlConflict(error: unknown): boolean {
  return isMysqlError(error) && conflicts.includes(error.code ?? '');
}

/** The connection is gone, and with it the answer to what was sent. */
export function isMysqlLost(error: unknown): boolean {
  return (
    isMysqlError(error) && (isConnectionGone(error) || losses.includes(error.code ?? String(error.errno)))
  );
}

const losses = ['PROTOCOL_SEQUENCE_TIMEOUT', 'ER_SERVER_SHUTDOWN', '1927'];

const conflicts = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'];

interface MysqlError extends Error {
  code?: string;
  errno?: number;
  fatal?: boolean;
}

function isMysqlError(error: unknown): error is MysqlError {
  return error instanceof Error && ('code' in error || 'errno' in error || 'fatal' in error);
}

/** mysql2 marks what a connection does not survive; later commands on it fail with the mark alone. */
function isConnectionGone(error: MysqlError): boolean {
  return error.fatal === true;
}

type Explain = (target: MysqlTarget, error: MysqlError) => string;

const explainLost: Explain = (target, error) =>
  `The connection to the database at ${target.address} was lost (${error.message}): check that the server is up, and try again`;

const explainUnreachable: Explain = (target, error) =>
  `The database at ${target.address} cannot be reached (${error.code}): check host and port in DATABASE_URL, the network and the firewall`;

const explainDenied: Explain = (target) =>
  `The database at ${target.address} refused the user "${target.user}": check user and password in DATABASE_URL` +
  (target.tlsMode === undefined || target.tlsMode === 'DISABLED'
    ? ' (a user who must use TLS is refused like this as well: add ?ssl-mode=REQUIRED)'
    : '');

const explainNoDatabase: Explain = (target) =>
  `The database at ${target.address} has no database "${target.database}" that the user "${target.user}" may use: create it, grant it, or change DATABASE_URL`;

const explainNoGrant: Explain = (target, error) =>
  `The user "${target.user}" may not do this in the database at ${target.address} (${error.message}): grant it`;

const explainFull: Explain = (target, error) =>
  `The database server at ${target.address} accepts no more connections (${error.message}): lower DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, or raise the server's limit`;

const explainReadOnly: Explain = (target) =>
  `The database at ${target.address} is read-only: DATABASE_URL must name the primary server`;

const explainNoRoom: Explain = (target) =>
  `The database at ${target.address} has no room to grow: its disk is full`;

const explainBusy: Explain = (target, error) =>
  `The database at ${target.address} was busy with other writers (${error.message}): try again`;

const explanations = new Map<string, Explain>([
  ['ER_ACCESS_DENIED_ERROR', explainDenied],
  ['ER_ACCESS_DENIED_NO_PASSWORD_ERROR', explainDenied],
  ['ER_BAD_DB_ERROR', explainNoDatabase],
  ['ER_DBACCESS_DENIED_ERROR', explainNoDatabase],
  ['ER_TABLEACCESS_DENIED_ERROR', explainNoGrant],
  ['ER_COLUMNACCESS_DENIED_ERROR', explainNoGrant],
  ['ER_SPECIFIC_ACCESS_DENIED_ERROR', explainNoGrant],
  [
    'ECONNREFUSED',
    (target) =>
      `Nothing listens at ${target.address}: start the database server, or check host and port in DATABASE_URL`,
  ],
  [
    'ENOTFOUND',
    (target) => `The host name ${target.host} does not exist: check the host in DATABASE_URL, and the DNS`,
  ],
  ['EAI_AGAIN', explainUnreachable],
  ['ETIMEDOUT', explainUnreachable],
  ['EHOSTUNREACH', explainUnreachable],
  ['ENETUNREACH', explainUnreachable],
  ['EADDRNOTAVAIL', explainUnreachable],
  [
    'ER_SECURE_TRANSPORT_REQUIRED',
    (target) =>
      `The database at ${target.address} accepts encrypted connections only: add ?ssl-mode=REQUIRED to DATABASE_URL`,
  ],
  [
    'HANDSHAKE_NO_SSL_SUPPORT',
    (target) =>
      `The database at ${target.address} does not offer TLS, which ssl-mode=${target.tlsMode ?? 'VERIFY_CA'} asks for: switch it on there, or use ssl-mode=DISABLED in a network that you trust`,
  ],
  [
    'HANDSHAKE_SSL_ERROR',
    (target, error) =>
      `The TLS connection to the database at ${target.address} failed (${error.message}): check DATABASE_CA, and the host in DATABASE_URL`,
  ],
  ['ER_CON_COUNT_ERROR', explainFull],
  ['ER_TOO_MANY_USER_CONNECTIONS', explainFull],
  ['ER_USER_LIMIT_REACHED', explainFull],
  ['ER_HOST_IS_BLOCKED', explainUnreachable],
  ['ER_HOST_NOT_PRIVILEGED', explainUnreachable],
  // Galera's answer to everything while a node has lost its cluster.
  ['ER_UNKNOWN_COM_ERROR', explainLost],
  ['ER_SERVER_SHUTDOWN', explainLost],
  // MariaDB's for a connection that was killed, which mysql2 has no name for.
  ['1927', explainLost],
  ['PROTOCOL_CONNECTION_LOST', explainLost],
  ['PROTOCOL_SEQUENCE_TIMEOUT', explainLost],
  ['ECONNRESET', explainLost],
  ['EPIPE', explainLost],
  ['ER_OPTION_PREVENTS_STATEMENT', explainReadOnly],
  ['ER_READ_ONLY_MODE', explainReadOnly],
  ['ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION', explainReadOnly],
  ['ER_DISK_FULL', explainNoRoom],
  ['ER_RECORD_FILE_FULL', explainNoRoom],
  ['ER_LOCK_DEADLOCK', explainBusy],
  ['ER_LOCK_WAIT_TIMEOUT', explainBusy],
  ['ER_CHECKREAD', explainBusy],
]);
