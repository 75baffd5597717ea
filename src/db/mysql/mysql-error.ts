import * as faults from '../server-error.js';
import type { ServerTarget } from '../url.js';

/** One clear line for faults of the server, the network or the settings; faults of the query are returned as they are. */
export function explainMysqlError(error: unknown, target: ServerTarget): unknown {
  if (!isMysqlError(error)) return error;
  const explain = EXPLANATIONS.get(codeOf(error)) ?? (error.fatal ? faults.lost : undefined);
  return explain ? faults.unavailable(explain, target, error) : error;
}

/** Deadlock, lock wait timeout, MariaDB's "record has changed since last read", and a commit that Group Replication refused. */
export function isMysqlConflict(error: unknown): boolean {
  return isMysqlError(error) && CONFLICTS.includes(codeOf(error));
}

/** The connection is lost, and the answer to what was sent with it. mysql2 marks such errors as fatal. */
export function isMysqlLost(error: unknown): boolean {
  return isMysqlError(error) && (error.fatal === true || LOSSES.includes(codeOf(error)));
}

/** The server has closed the connection, unlike one that is slow. */
export function isMysqlClosed(error: unknown): boolean {
  return isMysqlLost(error) && codeOf(error as MysqlError) !== 'PROTOCOL_SEQUENCE_TIMEOUT';
}

/** A node of a cluster has lost the others, and has not executed the statement. */
export function isMysqlCutOff(error: unknown): boolean {
  return isMysqlError(error) && (codeOf(error) === CUT_OFF || error.message.includes(NOT_REPLICATED));
}

/** The server or the user has as many connections as it may have. */
export function isMysqlFull(error: unknown): boolean {
  return isMysqlError(error) && FULL.includes(codeOf(error));
}

const CONFLICTS = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_TRANSACTION_ROLLBACK_DURING_COMMIT'];

/** 1927 is MariaDB's code for a connection that was killed, for which mysql2 has no name. */
const LOSSES = ['PROTOCOL_SEQUENCE_TIMEOUT', 'ER_SERVER_SHUTDOWN', 'ER_CLIENT_INTERACTION_TIMEOUT', '1927'];

/** Galera answers everything with this while a node has lost its cluster. */
const CUT_OFF = 'ER_UNKNOWN_COM_ERROR';

/** Or, in a moment before, with a general code and this. */
const NOT_REPLICATED = 'Not connected to Primary Component';

const FULL = ['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED'];

interface MysqlError extends Error {
  code?: string;
  errno?: number;
  fatal?: boolean;
}

function isMysqlError(error: unknown): error is MysqlError {
  return error instanceof Error && ('code' in error || 'errno' in error || 'fatal' in error);
}

function codeOf({ code, errno }: MysqlError): string {
  return code ?? String(errno);
}

const locked: faults.Explain = (target) =>
  `The account of the user "${target.user}" is locked in the database at ${target.address}: unlock it there (alter user ... account unlock)`;

const expired: faults.Explain = (target) =>
  `The password of the user "${target.user}" has expired in the database at ${target.address}: set a new one there (alter user ... identified by ...), and in DATABASE_URL`;

const unknownPlugin: faults.Explain = (target, error) =>
  `The user "${target.user}" cannot log in to the database at ${target.address}: its authentication plugin${pluginIn(error)} is not supported; use caching_sha2_password or mysql_native_password`;

/** MySQL's driver and the server name it in their messages only. */
function pluginIn({ message }: Error): string {
  const name = /plugin '?(\w+)/i.exec(message)?.[1];
  return name === undefined ? '' : ` ${name}`;
}

const tooLarge: faults.Explain = (target) =>
  `The database at ${target.address} refused a statement as too large: raise max_allowed_packet there`;

const failed: faults.Explain = (target, error) =>
  `The database at ${target.address} could not carry out a statement (${error.message}): see its log, and the limits of its cluster`;

const overTime: faults.Explain = (target, error) =>
  `The database at ${target.address} ended a statement (${error.message}): raise max_execution_time or max_statement_time there, and try again`;

const EXPLANATIONS = faults.explanationsByCode([
  ...faults.NETWORK_ERRORS,
  [faults.denied, 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
  // 4150 and 4151 are MariaDB's: too many wrong passwords, and a locked account. mysql2 has MySQL's names for them.
  [locked, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK'],
  [locked, 'ER_BULK_PARSER_UNEXPECTED_CHAR_AFTER_COLUMN_TERMINATOR', 'ER_BULK_PARSER_INCOMPLETE_ESCAPE_SEQUENCE'],
  [expired, 'ER_MUST_CHANGE_PASSWORD_LOGIN', 'ER_MUST_CHANGE_PASSWORD'],
  [unknownPlugin, 'AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED', 'ER_PLUGIN_IS_NOT_LOADED'],
  [unknownPlugin, 'ER_NOT_SUPPORTED_AUTH_MODE'],
  [faults.noDatabase, 'ER_BAD_DB_ERROR', 'ER_DBACCESS_DENIED_ERROR'],
  [faults.noGrant, 'ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'],
  [faults.unreachable, 'ER_HOST_IS_BLOCKED', 'ER_HOST_NOT_PRIVILEGED', 'ER_SERVER_OFFLINE_MODE'],
  [faults.tlsRequired, 'ER_SECURE_TRANSPORT_REQUIRED'],
  [faults.noTls, 'HANDSHAKE_NO_SSL_SUPPORT'],
  [faults.tlsFailed, 'HANDSHAKE_SSL_ERROR'],
  [faults.full, ...FULL],
  [faults.lost, 'PROTOCOL_CONNECTION_LOST', ...LOSSES, CUT_OFF],
  // Its codes for a transaction, or a fragment of one, that cannot be replicated; Vitess answers faults with the first.
  [failed, 'ER_UNKNOWN_ERROR', 'ER_ERROR_DURING_COMMIT'],
  [faults.readOnly, 'ER_OPTION_PREVENTS_STATEMENT', 'ER_READ_ONLY_MODE', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'],
  [tooLarge, 'ER_NET_PACKET_TOO_LARGE'],
  // 1969 is MariaDB's.
  [overTime, 'ER_QUERY_TIMEOUT', '1969'],
  [faults.noSpace, 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL'],
  [faults.busy, ...CONFLICTS],
]);
