import { type Driver, MysqlDialect } from 'kysely';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { GuardedDriver } from '../guarded-driver.js';
import { BatchWriter } from './batch-writer.js';
import { explainMysqlError, isMysqlConflict } from './mysql-error.js';
import { createMysqlPool, QUERY_TIMEOUTS, type WatchedPool } from './mysql-pool.js';
import { type MysqlTarget, parseMysqlUrl, readCertificates, tlsOptions } from './mysql-url.js';

/** MySQL and MariaDB through mysql2. */
export function openMysqlDialect(
  options: DatabaseOptions,
  connectTimeoutMs = 10_000,
  timeouts = QUERY_TIMEOUTS,
): SqlDialect {
  const target = parseMysqlUrl(options.url);
  const ca = options.caFile === undefined ? undefined : readCertificates(options.caFile);
  const settings = { ...target, ssl: tlsOptions(target, ca), connectTimeoutMs };
  let pool: WatchedPool | undefined;
  const openPool = async () => {
    pool = createMysqlPool({ ...options, ...settings, timeouts });
    return pool;
  };
  let hasWarned = false;
  const onRefused = (error: unknown) => {
    if (!hasWarned) options.onWarning?.(refusedWarning(target, error));
    hasWarned = true;
  };
  return {
    label: `mysql://${target.address}/${target.database}`,
    kysely: new GuardedMysqlDialect({ pool: openPool }, target),
    poolState: () => pool?.state ?? null,
    columnTypes,
    // Values are sent inside the SQL, so only its length is limited.
    maxParameters: Number.POSITIVE_INFINITY,
    upsertSyntax: 'onDuplicateKeyUpdate',
    isConflict: (error) => error instanceof Error && isMysqlConflict(error.cause),
    openWriter: (kysely, fallback) => new BatchWriter({ kysely, settings, fallback, onRefused }),
  };
}

const columnTypes: ColumnTypes = {
  text: (maxLength) => `varchar(${maxLength})`,
  longText: 'longtext',
  integer: 'bigint',
  double: 'double',
  timestamp: 'datetime(3)',
  day: 'date',
  tableOptions: 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin',
  indexesInTable: true,
};

function refusedWarning({ address }: MysqlTarget, error: unknown): string {
  const reason = (error as Error).message;
  return `Refreshes are slower: the database at ${address} gets one statement at a time, because no connection for multi-statement batches could be opened (${reason})`;
}

class GuardedMysqlDialect extends MysqlDialect {
  readonly #target: MysqlTarget;

  constructor(config: ConstructorParameters<typeof MysqlDialect>[0], target: MysqlTarget) {
    super(config);
    this.#target = target;
  }

  override createDriver(): Driver {
    const guard = <T>(command: () => Promise<T>) =>
      command().catch((error: unknown) => {
        throw explainMysqlError(error, this.#target);
      });
    return new GuardedDriver(super.createDriver(), guard, 'begin');
  }
}
