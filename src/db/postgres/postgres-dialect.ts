import {
  type DatabaseIntrospector,
  type DatabaseMetadataOptions,
  type Driver,
  type Kysely,
  PostgresDialect,
  PostgresIntrospector,
  sql,
  type TableMetadata,
} from 'kysely';
import { BatchWriter } from '../batch-writer.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { GuardedDriver } from '../guarded-driver.js';
import { parsePostgresUrl, type ServerTarget } from '../server-url.js';
import { readCertificates, tlsOptions } from '../tls.js';
import { postgresBatches } from './postgres-batches.js';
import { explainPostgresError, isPostgresConflict } from './postgres-error.js';
import { createPostgresPool, QUERY_TIMEOUTS, type WatchedPool } from './postgres-pool.js';

/** PostgreSQL through pg. */
export function openPostgresDialect(
  options: DatabaseOptions,
  connectTimeoutMs = 10_000,
  timeouts = QUERY_TIMEOUTS,
): SqlDialect {
  const target = parsePostgresUrl(options.url);
  const ca = options.caFile === undefined ? undefined : readCertificates(options.caFile);
  const settings = { ...target, ssl: tlsOptions(target, ca), connectTimeoutMs };
  let pool: WatchedPool | undefined;
  const openPool = () => {
    pool ??= createPostgresPool({ ...options, ...settings, timeouts });
    return pool;
  };
  return {
    label: `postgres://${target.address}/${target.database}`,
    kysely: new GuardedPostgresDialect({ pool: async () => openPool() }, target),
    poolState: () => pool?.state ?? null,
    columnTypes,
    maxParameters: 65_535,
    upsertSyntax: 'onConflict',
    isConflict: (error) => error instanceof Error && isPostgresConflict(error.cause),
    openWriter: (kysely, fallback) =>
      new BatchWriter({ kysely, protocol: postgresBatches(openPool, target), fallback, onRefused }),
  };
}

/** One statement at a time would need the same connection. */
function onRefused(error: unknown): never {
  throw error;
}

const columnTypes: ColumnTypes = {
  text: (maxLength) => `varchar(${maxLength}) collate "C"`,
  longText: 'text collate "C"',
  integer: 'bigint',
  double: 'double precision',
  timestamp: 'timestamp(3)',
  day: 'date',
  tableOptions: '',
  indexesInTable: false,
};

class GuardedPostgresDialect extends PostgresDialect {
  readonly #target: ServerTarget;

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0], target: ServerTarget) {
    super(config);
    this.#target = target;
  }

  override createDriver(): Driver {
    const guard = <T>(command: () => Promise<T>) =>
      command().catch((error: unknown) => {
        throw explainPostgresError(error, this.#target);
      });
    return new GuardedDriver(super.createDriver(), guard, 'begin');
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  override createIntrospector(kysely: Kysely<any>): DatabaseIntrospector {
    return new CurrentSchemaIntrospector(kysely);
  }
}

/** Tables of other schemas are not ours, whatever they are called. */
class CurrentSchemaIntrospector extends PostgresIntrospector {
  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  readonly #kysely: Kysely<any>;

  // biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature.
  constructor(kysely: Kysely<any>) {
    super(kysely);
    this.#kysely = kysely;
  }

  override async getTables(options?: DatabaseMetadataOptions): Promise<TableMetadata[]> {
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(this.#kysely);
    return (await super.getTables(options)).filter(({ schema }) => schema === rows[0]?.schema);
  }
}
