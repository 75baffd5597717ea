import pg from 'pg';
import * as faults from '../server-error.js';
import type { ServerTarget } from '../url.js';

/** One clear line for faults of the server, the network or the settings; faults of the query are returned as they are. */
export function explainPostgresError(error: unknown, target: ServerTarget): unknown {
  if (!(error instanceof Error)) return error;
  const explain = explanationOf(error);
  return explain ? faults.unavailable(explain, target, error) : error;
}

/** Serialization failure, deadlock, and a wait for a lock that timed out. */
export function isPostgresConflict(error: unknown): boolean {
  return error instanceof pg.DatabaseError && CONFLICTS.includes(error.code ?? '');
}

/** The connection is lost, and the answer to what was sent with it. */
export function isPostgresLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return LOSSES.includes(error.code ?? '');
  return error instanceof Error && explanationOf(error) !== undefined;
}

/** The server, the user or the database has as many connections as it may have. */
export function isPostgresFull(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === TOO_MANY_CONNECTIONS;
}

const TOO_MANY_CONNECTIONS = '53300';

const CONFLICTS = ['40001', '40P01', '55P03'];

/** A shutdown, a crash, a session that was idle for too long, and what poolers report when they have lost the server. */
const LOSSES = ['57P01', '57P02', '57P05', '25P03', '08000', '08003', '08006'];

function explanationOf(error: Error & { code?: string }): faults.Explain | undefined {
  if (!(error instanceof pg.DatabaseError)) return ofConnection(error);
  // A server that accepts encrypted connections only has no code of its own for that.
  if (NEEDS_TLS.test(error.message)) return faults.tlsRequired;
  return EXPLANATIONS.get(error.code ?? '');
}

const NEEDS_TLS = /no encryption$|SSL off$|(SSL|TLS)( connection)?( is)? required|sslmode=require/;

/** Of the network, TLS or pg itself, which has texts in place of codes. */
function ofConnection(error: Error & { code?: string }): faults.Explain | undefined {
  if (error.message.startsWith('SASL: ')) return faults.denied;
  if (TLS_ERROR.test(error.code ?? '')) return faults.tlsFailed;
  return EXPLANATIONS.get(error.code ?? error.message);
}

const TLS_ERROR = /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|INVALID_CA$)/;

const starting: faults.Explain = (target, error) =>
  `The database at ${target.address} is starting up or shutting down (${error.message}): try again`;

const cancelled: faults.Explain = (target, error) =>
  `The database at ${target.address} has ended a statement (${error.message}): raise its statement_timeout for the user "${target.user}"`;

const noSchema: faults.Explain = (target) =>
  `The database at ${target.address} has no schema for the tables of the user "${target.user}": set its search_path there`;

const notUnicode: faults.Explain = (target) =>
  `The database "${target.database}" at ${target.address} cannot store all characters: create it with the encoding UTF8`;

const pooler: faults.Explain = (target, error) =>
  `The connection pooler at ${target.address} refused the session (${error.message}): with PgBouncer, set ignore_startup_parameters = extra_float_digits, options`;

const noAnswer: faults.Explain = (target) =>
  `The database at ${target.address} does not answer in time: check host and port in DATABASE_URL, the network and the firewall`;

const EXPLANATIONS = faults.explanationsByCode([
  ...faults.NETWORK_ERRORS,
  [faults.denied, '28P01', '28000'],
  [faults.noDatabase, '3D000'],
  [faults.noGrant, '42501'],
  [noSchema, '3F000'],
  [faults.full, TOO_MANY_CONNECTIONS, '53400'],
  [faults.readOnly, '25006'],
  [faults.noSpace, '53100'],
  [starting, '57P03'],
  [cancelled, '57014'],
  [notUnicode, '22P05'],
  [pooler, '08P01'],
  [faults.busy, ...CONFLICTS],
  [faults.lost, ...LOSSES, 'Query read timeout', 'Connection terminated', 'Connection terminated unexpectedly'],
  [faults.lost, 'Client has encountered a connection error and is not queryable'],
  [noAnswer, 'timeout expired'],
  [faults.noTls, 'The server does not support SSL connections'],
  [faults.tlsFailed, 'There was an error establishing an SSL connection'],
]);
