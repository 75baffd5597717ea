import { callbackify } from 'node:util';
import {
  type CreateTableNode,
  type Kysely,
  MysqlAdapter,
  MysqlDriver,
  MysqlIntrospector,
  type MysqlPool,
  type MysqlPoolConnection,
  MysqlQueryCompiler,
  sql,
} from 'kysely';
import { DatabaseUnavailableError } from '../../errors.js';
import { BatchWriter } from '../batch-writer.js';
import { QUERY_TIMEOUTS } from '../connection-slots.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { explainErrors, guardedDriver } from '../guarded-driver.js';
import { tlsOptions } from '../tls.js';
import { parseMysqlUrl, type ServerTarget } from '../url.js';
import { FailoverPool } from './failover-pool.js';
import { mysqlBatches } from './mysql-batches.js';
import { explainMysqlError, isMysqlConflict } from './mysql-error.js';
import { type ServerPool, WatchedPool } from './mysql-pool.js';

/** MySQL and MariaDB through mysql2. */
export function openMysqlDialect(
  options: DatabaseOptions,
  connectTimeoutMs = 10_000,
  timeouts = QUERY_TIMEOUTS,
): SqlDialect {
  const targets = parseMysqlUrl(options.url);
  const isInCluster = targets.length > 1;
  const settingsOf = (server: ServerTarget) => {
    return { ...options, ...server, ssl: tlsOptions(server, options.caFile), isInCluster, connectTimeoutMs, timeouts };
  };
  const first = settingsOf(targets[0]);
  const others = targets.slice(1).map(settingsOf);
  const target = { ...first, address: targets.map(({ address }) => address).join() };
  const explain = explainErrors((error) => explainMysqlError(error, target));
  let pool: ServerPool | undefined;
  const openPool = () => {
    pool ??= isInCluster ? new FailoverPool([first, ...others], options.onWarning) : new WatchedPool(first);
    return pool;
  };
  let hasWarned = false;
  const onRefused = (error: unknown) => {
    if (!hasWarned) options.onWarning?.(refusedWarning(target, error));
    hasWarned = true;
  };
  return {
    label: `mysql://${target.address}/${target.database}`,
    kysely: {
      createDriver: () => guardedDriver(new MysqlDriver({ pool: async () => kyselyPool(openPool()) }), explain),
      createQueryCompiler: () => new TableOptionsCompiler(),
      createAdapter: () => new MysqlAdapter(),
      createIntrospector: (kysely) => new MysqlIntrospector(kysely),
    },
    poolState: () => pool?.state ?? null,
    failovers: () => pool?.failovers ?? 0,
    columnTypes,
    // Values are sent inside the SQL, so only its length is limited.
    maxParameters: Number.POSITIVE_INFINITY,
    maxStatementBytes: MIN_PACKET_BYTES * 0.75,
    check: (kysely) => checkPacketSize(kysely, target),
    upsertSyntax: 'onDuplicateKeyUpdate',
    isConflict: (error) => error instanceof Error && isMysqlConflict(error.cause),
    openWriter: (kysely, fallback) =>
      new BatchWriter({ kysely, protocol: mysqlBatches(openPool(), target), fallback, onRefused }),
  };
}

/** The pool with callbacks, as Kysely expects it. */
function kyselyPool(pool: ServerPool): MysqlPool {
  return {
    getConnection: callbackify(async () => {
      const session = await pool.connect();
      const query = callbackify((text: string, values: unknown[]) => session.query(text, values));
      // Kysely's type has another overload for streams, which is not used.
      return { query: query as unknown as MysqlPoolConnection['query'], release: () => session.release() };
    }),
    end: callbackify(() => pool.end()),
  };
}

/** A row with a report of the largest size fits into it. */
const MIN_PACKET_BYTES = 65_536;

/** Servers have 16 MB or 64 MB unless told otherwise. */
async function checkPacketSize(kysely: Kysely<never>, { address }: ServerTarget): Promise<void> {
  const { rows } = await sql<{ bytes: number }>`select @@max_allowed_packet as bytes`.execute(kysely);
  const bytes = Number(rows[0]?.bytes);
  if (bytes >= MIN_PACKET_BYTES) return;
  throw new DatabaseUnavailableError(
    `The database at ${address} takes statements of at most ${bytes} bytes (max_allowed_packet): set it to ${MIN_PACKET_BYTES} or more`,
  );
}

/** A server may have another engine, row format and character set by default. */
const TABLE_OPTIONS = 'engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_bin';

const columnTypes: ColumnTypes = {
  text: (maxLength) => `varchar(${maxLength})`,
  longText: 'longtext',
  integer: 'bigint',
  double: 'double',
  timestamp: 'datetime(3)',
  day: 'date',
  tableOptions: TABLE_OPTIONS,
  indexesInTable: true,
};

function refusedWarning({ address }: ServerTarget, error: unknown): string {
  const reason = (error as Error).message;
  return `Refreshes are slower: the database at ${address} gets one statement at a time, because no connection for multi-statement batches could be opened (${reason})`;
}

/** For the tables that Kysely itself creates, those of its migrations. */
class TableOptionsCompiler extends MysqlQueryCompiler {
  protected override visitCreateTable(node: CreateTableNode): void {
    super.visitCreateTable(node);
    this.append(` ${TABLE_OPTIONS}`);
  }
}
