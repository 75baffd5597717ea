import { type Driver, MysqlDialect, sql } from 'kysely';
import { countUp } from '../data-version.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect, Writer } from '../database.js';
import { GuardedDriver } from '../guarded-driver.js';
import { openPacketSession, PacketWriter, waitForEnd } from './batch-writer.js';
import { explainMysqlError, isMysqlConflict } from './mysql-error.js';
import { ANSWER_TIMES, createMysqlPool, type WatchedPool } from './mysql-pool.js';
import { type MysqlTarget, parseMysqlUrl, readCertificates, tlsOptions } from './mysql-url.js';

/** MySQL and MariaDB through mysql2. */
export function openMysqlDialect(
  options: DatabaseOptions,
  connectTimeoutMs = 10_000,
  times = ANSWER_TIMES,
): SqlDialect {
  const target = parseMysqlUrl(options.url);
  const ca = options.caFile === undefined ? undefined : readCertificates(options.caFile);
  const ssl = tlsOptions(target, ca);
  const session = { ...target, ssl, connectTimeoutMs };
  let pool: WatchedPool | undefined;
  const open = async () => {
    pool = createMysqlPool({ ...options, ...session, times });
    return pool;
  };
  const onRefused = once((error: unknown) => options.onWarning?.(slowWrites(target, error)));
  return {
    label: `mysql://${target.address}/${target.database}`,
    kysely: new GuardedMysqlDialect({ pool: open }, target),
    poolState: () => pool?.state ?? null,
    columnTypes,
    // Values travel inside the statement's text, whose size alone is limited.
    maxParameters: Number.POSITIVE_INFINITY,
    // `insert ignore` would let broken values pass as well as known keys; setting the key to itself does not.
    updateOnConflict: (insert, key, columns) =>
      insert.onDuplicateKeyUpdate(
        Object.fromEntries((columns.length > 0 ? columns : key).map((column) => [column, inserted(column)])),
      ),
    isConflict: (error) => error instanceof Error && isMysqlConflict(error.cause),
    openWriter: (kysely, writeOneByOne) =>
      explaining(
        target,
        new PacketWriter({
          open: () => openPacketSession(session),
          last: countUp(kysely),
          waitForEnd: (mark) => waitForEnd(kysely, mark),
          writeOneByOne,
          onRefused,
        }),
      ),
  };
}

// MySQL 8 prefers a row alias to values(), which MariaDB does not know.
const inserted = (column: string) => sql`values(${sql.ref(column)})`;

const tableOptions = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin';

const columnTypes: ColumnTypes = {
  text: (maxLength) => `varchar(${maxLength})`,
  longText: 'longtext',
  integer: 'bigint',
  double: 'double',
  timestamp: 'datetime(3)',
  day: 'date',
  tableOptions,
  narrowTableOptions: tableOptions,
  indexesInTable: true,
};

function explaining(target: MysqlTarget, writer: Writer): Writer {
  const write: Writer['write'] = (statements, options) =>
    writer.write(statements, options).catch((error: unknown) => {
      throw explainMysqlError(error, target);
    });
  return { write, close: () => writer.close() };
}

function slowWrites({ address }: MysqlTarget, error: unknown): string {
  const reason = (error as Error).message;
  return `A refresh sends its statements to the database at ${address} one by one, which is slower: no connection that takes several at once could be opened (${reason})`;
}

function once<T>(tell: (value: T) => void): (value: T) => void {
  let told = false;
  return (value) => {
    if (!told) tell(value);
    told = true;
  };
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
