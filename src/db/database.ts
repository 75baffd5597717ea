import type { Compilable, Kysely, Dialect as KyselyDialect } from 'kysely';
import type { DataVersion } from './data-version.js';
import type { Tables } from './tables.js';

/** A statement that Kysely can compile, with all its values. */
export type Statement = Compilable;

/**
 * The statements of a transaction. Large ones are generated while they are sent, so that they are never in memory
 * together; a retry iterates again.
 */
export type Statements = Iterable<Statement>;

/** The database, the same for every dialect. Names of dialects stay inside this folder. */
export interface Database {
  /** For reads, and for single writes that do not change the data of queries. */
  readonly kysely: Kysely<Tables>;

  /** For logs and `status`, without a password: `sqlite:data/x.db`, `mysql://host:3306/db`. */
  readonly label: string;

  /** Multi-row inserts of at most `batchSize` rows that update the rows with the same `key`. */
  upsert<T extends keyof Tables & string>(
    table: T,
    rows: readonly Tables[T][],
    key: readonly (keyof Tables[T] & string)[],
    batchSize: number,
  ): Statement[];

  /** Runs the statements in one transaction, and retries it after a deadlock or a lock wait that timed out. */
  writeAtomically(statements: Statements, options?: WriteAtomicallyOptions): Promise<void>;

  /**
   * A number that changes with every write of the data that queries return. `invalidate` when it is known that another
   * process has written.
   */
  readonly dataVersion: Pick<DataVersion, 'epoch' | 'read' | 'invalidate' | 'watch' | 'unansweredMs'>;

  /** Prepares for one large write without waiting, for instance by opening a connection. The caller closes it. */
  openWriter(): Writer;

  /** Null if there is no connection pool, as with SQLite. */
  poolState(): PoolState | null;

  /**
   * How often the server that is used may have changed, where there are several. Reads before and after that may be of
   * different states.
   */
  failovers(): number;

  /**
   * Applies the missing migrations and returns their names. Safe when several processes start at once: `onOutdated` is
   * called when some are missing, even if another process then applies them.
   */
  migrate(onOutdated?: () => void): Promise<string[]>;

  /** Throws DatabaseUnavailableError if the database does not answer or is not migrated. */
  checkReady(): Promise<void>;

  /** Opens this many connections at once, one by default, for the queries that follow. Throws when that fails. */
  connect(connections?: number): Promise<void>;

  close(): Promise<void>;
}

export interface WriteAtomicallyOptions {
  onProgress?: (done: number) => void;
  /** For statements that do not change the data of queries. */
  keepsDataVersion?: boolean;
}

export interface Writer {
  /** Like `writeAtomically`, in as few round trips as the database allows: one for a set of the usual size. */
  write(statements: Statements, options: WriteOptions): Promise<void>;

  close(): void;
}

export interface WriteOptions {
  onProgress?: (done: number) => void;
  /**
   * Whether this very write was committed. Called when the connection was lost during the commit, and only after the
   * server has ended the session.
   */
  wasCommitted(): Promise<boolean>;
}

/** The connections of the pool. On MySQL a writer has one of its own. */
export interface PoolState {
  inUse: number;
  idle: number;
  /** Callers that wait for a connection to be released or opened. */
  waiting: number;
}

export interface DatabaseOptions {
  url: string;
  /** A PEM file with the certificate authorities to trust. */
  caFile: string | undefined;
  /** The connections that stay open. */
  poolSize: number;
  /** How many more may be opened under load. */
  maxOverflow: number;
  onWarning?: (message: string) => void;
}

/** What differs between databases. Each has a folder that provides it. */
export interface SqlDialect {
  /** See Database.label. */
  readonly label: string;
  /** Its driver throws DatabaseUnavailableError for everything that is not a fault of the query. */
  readonly kysely: KyselyDialect;
  /** See Database.poolState. */
  poolState?(): PoolState | null;
  /** See Database.failovers. */
  failovers?(): number;
  readonly columnTypes: ColumnTypes;
  /** The most values that one statement may bind. */
  readonly maxParameters: number;
  /** The longest statement that every server takes. Without it, there is no limit. */
  readonly maxStatementBytes?: number;
  /** The first query on a new connection. Throws DatabaseUnavailableError if the server cannot be used as it is. */
  check?(kysely: Kysely<never>): Promise<void>;
  /** Kysely's method that makes an insert update existing rows. */
  readonly upsertSyntax: 'onDuplicateKeyUpdate' | 'onConflict';
  /** Whether a transaction has lost against another one, and a retry makes sense. */
  isConflict(error: unknown): boolean;
  /** See Database.openWriter. Without one, `fallback` is used: it sends one statement at a time. */
  openWriter?(kysely: Kysely<Tables>, fallback: Database['writeAtomically']): Writer;
}

/** Column types for `create table`. Text is compared and sorted by code points. */
export interface ColumnTypes {
  text(maxLength: number): string;
  longText: string;
  /** To 2^53. */
  integer: string;
  double: string;
  timestamp: string;
  day: string;
  /** What follows the closing parenthesis. */
  tableOptions: string;
  /** Whether indexes are written inside `create table`, or as separate statements. */
  indexesInTable: boolean;
}
