import {
  type DatabaseMetadataOptions,
  type Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type TableMetadata,
} from 'kysely';
import { type BatchProtocol, type BatchSession, BatchWriter, MAX_BATCH_BYTES } from '../batch-writer.js';
import { QUERY_TIMEOUTS } from '../connection-slots.js';
import type { ColumnTypes, DatabaseOptions, SqlDialect } from '../database.js';
import { explainErrors, guardedDriver } from '../guarded-driver.js';
import { tlsOptions } from '../tls.js';
import { parsePostgresUrl, type ServerTarget } from '../url.js';
import { explainPostgresError, isPostgresConflict, isPostgresLost } from './postgres-error.js';
import { createPostgresPool, type PostgresSession, type WatchedPool } from './postgres-pool.js';
import { postgresText } from './postgres-values.js';

/** PostgreSQL through pg. */
export function openPostgresDialect(
  options: DatabaseOptions,
  connectTimeoutMs = 10_000,
  timeouts = QUERY_TIMEOUTS,
): SqlDialect {
  const target = parsePostgresUrl(options.url);
  const settings = { ...options, ...target, ssl: tlsOptions(target, options.caFile), connectTimeoutMs, timeouts };
  const explain = explainErrors((error) => explainPostgresError(error, target));
  let pool: WatchedPool | undefined;
  const openPool = () => {
    pool ??= createPostgresPool(settings);
    return pool;
  };
  return {
    label: `postgres://${target.address}/${target.database}`,
    kysely: {
      createDriver: () => guardedDriver(new PostgresDriver({ pool: async () => openPool() }), explain),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (kysely) => new CurrentSchemaIntrospector(kysely),
    },
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

/** On a connection of the pool, which is open already. */
function postgresBatches(pool: () => WatchedPool, target: ServerTarget): BatchProtocol {
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
