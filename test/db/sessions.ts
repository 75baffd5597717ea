import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import type { Tables } from '../../src/db/tables.js';

/** How a server lists its sessions, and what else tests do to them. */
export interface Sessions {
  own: RawBuilder<number>;
  /** The sessions of the database. `at` is what each one executes. */
  all: RawBuilder<{ id: number; at: string | null }>;
  wait(seconds: number): RawBuilder<unknown>;
  kill(id: number): RawBuilder<unknown>;
  /** For a deadlock with others, in which the transaction has changed more rows. */
  letOthersDie(transaction: Kysely<Tables>): Promise<unknown>;
  waitingForLocks: RawBuilder<{ count: number }>;
}

const mysql: Sessions = {
  own: sql`connection_id()`,
  all: sql`select id, info as at from information_schema.processlist where db = database()`,
  wait: (seconds) => sql`sleep(${seconds})`,
  kill: (id) => sql`kill connection ${sql.lit(id)}`,
  letOthersDie: async () => undefined,
  // The server answers from a copy, which it renews only if it was not read for a tenth of a second.
  waitingForLocks: sql`select count(*) as count from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`,
};

const postgres: Sessions = {
  own: sql`pg_backend_pid()`,
  // The server knows the text of a batch, but not which of its statements it has reached: that is the one that waits.
  all: sql`
    select pid as id, case when wait_event_type = 'Lock' then query end as at
    from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
  wait: (seconds) => sql`pg_sleep(${seconds})`,
  kill: (id) => sql`select pg_terminate_backend(${id})`,
  // The session that first checks for a deadlock finds it and dies.
  letOthersDie: (transaction) => sql`set local deadlock_timeout = '1min'`.execute(transaction),
  waitingForLocks: sql`
    select count(*) as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`,
};

/** For a database on a server. */
export function sessionsOf({ label }: Pick<Database, 'label'>): Sessions {
  return label.startsWith('postgres:') ? postgres : mysql;
}
