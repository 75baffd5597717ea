import { type Compilable, sql } from 'kysely';
import pg from 'pg';
import type { BatchProtocol, BatchSession } from '../batch-writer.js';
import type { ServerTarget } from '../server-url.js';
import { explainPostgresError, isPostgresConflict, isPostgresLost } from './postgres-error.js';
import type { PostgresSession, WatchedPool } from './postgres-pool.js';
import { toBindable } from './postgres-values.js';

/** On a connection of the pool, which is open already. */
export function postgresBatches(pool: () => WatchedPool, target: ServerTarget): BatchProtocol {
  return {
    openSession: () => sessionOf(pool),
    textOf: postgresText,
    isConflict: isPostgresConflict,
    isLost: isPostgresLost,
    explain: (error) => explainPostgresError(error, target),
    async endSession(kysely, name) {
      const { rows } = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`.execute(kysely);
      return rows.length === 0;
    },
  };
}

/** Larger batches save no time, but cost memory. */
const MAX_BATCH_BYTES = 1_000_000;

function sessionOf(pool: () => WatchedPool): BatchSession {
  let session: PostgresSession | undefined;
  const release = (isDiscarded: boolean) => {
    session?.release(isDiscarded);
    session = undefined;
  };
  return {
    async ready() {
      session ??= await pool().connect();
      return { name: session.name, maxBatchBytes: MAX_BATCH_BYTES };
    },
    async send(text) {
      await session?.sendBatch(text);
    },
    rest: () => release(false),
    close: () => release(true),
  };
}

/** The SQL with its values as quoted literals, whose types the server infers as it does those of parameters. */
function postgresText(statement: Compilable): string {
  const { sql: text, parameters } = statement.compile();
  const values = parameters.map(toBindable).map((value) => (value === null ? 'null' : pg.escapeLiteral(value)));
  // Kysely writes a number behind each dollar sign, and quotes every name.
  return text.replace(/\$(\d+)/g, (_, position) => values[position - 1] as string);
}
