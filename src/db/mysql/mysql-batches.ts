import { randomUUID } from 'node:crypto';
import { type Compilable, sql } from 'kysely';
import mysql, { type Connection, type SqlValue } from 'mysql2';
import { type BatchProtocol, type BatchSession, MAX_BATCH_BYTES, type SessionSetup } from '../batch-writer.js';
import { QUERY_TIMEOUTS } from '../connection-slots.js';
import { destroyConnection, type MysqlSettings, openConnection, query, sessionSetup } from './mysql-connection.js';
import { explainMysqlError, isMysqlConflict, isMysqlCutOff, isMysqlLost } from './mysql-error.js';
import type { ServerPool } from './mysql-pool.js';

/** On a connection of its own, so that no other query can have several statements. */
export function mysqlBatches(pool: ServerPool, target: MysqlSettings): BatchProtocol {
  return {
    openSession: () => openSession(pool),
    textOf: mysqlText,
    isConflict: isMysqlConflict,
    // In a cluster another server takes over from one that is cut off.
    isLost: (error) => isMysqlLost(error) || (target.isInCluster && isMysqlCutOff(error)),
    explain: (error) => explainMysqlError(error, target),
    async endSession(kysely, name) {
      const holder = sql<{ id: number | null }>`select is_used_lock(${name}) as id`;
      const id = (await holder.execute(kysely)).rows[0]?.id ?? null;
      // It may end by itself at the same time.
      if (id !== null) await sql`kill connection ${sql.lit(id)}`.execute(kysely).catch(() => undefined);
      return id === null;
    },
  };
}

function openSession(pool: ServerPool): BatchSession {
  let connection: Connection | undefined;
  let isClosed = false;
  const ready = pool.onServer((settings) => {
    connection?.destroy();
    if (isClosed) throw new Error('The session is closed');
    connection = openConnection(settings, {
      multipleStatements: true,
      // The values are in the text already; mysql2 would search all of it for placeholders.
      queryFormat: (text) => text,
    });
    return setUp(connection, settings);
  });
  // Avoids an unhandled rejection if the session is closed before it is used.
  ready.catch(() => undefined);
  return {
    ready: () => ready,
    send: async (text) => void (await send(connection as Connection, text)),
    rest: () => undefined,
    close() {
      isClosed = true;
      closeSoon(connection);
    },
  };
}

/** In seconds. The connection is opened early, and idle until the sources have answered. */
const WAIT_TIMEOUT = 3_600;

/** A lock that the server releases when the session ends; in a batch, which also shows whether the server accepts one. */
async function setUp(connection: Connection, { isInCluster }: MysqlSettings): Promise<SessionSetup> {
  const name = `country_exchange_${randomUUID()}`;
  const setup = `${sessionSetup};set session wait_timeout = ${WAIT_TIMEOUT}`;
  const limit = 'select @@max_allowed_packet as bytes';
  const results = await send(connection, `${setup};select get_lock('${name}', 0);${limit}`);
  if (isInCluster) await waitForOthers(connection);
  const [{ bytes }] = (results as [unknown, unknown, unknown, [{ bytes: number }]])[3];
  return { name, maxBatchBytes: Math.min(Number(bytes), MAX_BATCH_BYTES) };
}

/**
 * A transaction begins when the node has applied what others had committed by then. Otherwise it might miss that this
 * process holds the lease, which it took on a node that has failed since. Only Galera knows the setting.
 */
async function waitForOthers(connection: Connection): Promise<void> {
  await send(connection, 'set session wsrep_sync_wait = 1').catch((error: { code?: string }) => {
    if (error.code !== 'ER_UNKNOWN_SYSTEM_VARIABLE') throw error;
  });
}

function send(connection: Connection, text: string): Promise<unknown> {
  return query(connection, { sql: text, timeout: QUERY_TIMEOUTS.writeMs });
}

/** Says goodbye to the server, but does not wait for it. */
function closeSoon(connection: Connection | undefined): void {
  if (!connection) return;
  connection.end(() => undefined);
  setTimeout(() => destroyConnection(connection), 1_000).unref();
}

/** The SQL with the values escaped by mysql2, as in every query of the pool. */
export function mysqlText(statement: Compilable): string {
  const { sql, parameters } = statement.compile();
  return mysql.format(sql, parameters as SqlValue[], false, 'Z');
}
