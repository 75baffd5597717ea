import type { Compilable, InsertQueryBuilder, InsertResult, Kysely, Dialect as KyselyDialect } from 'kysely';
import type { DataVersion } from './data-version.js';
import type { Tables } from './tables.js';

/** A statement ready to be sent: compiled by Kysely, every value bound. */
export type Statement = Compilable;

/**
 * What a transaction consists of. Many are made one at a time while they are sent, so that they are never in memory
 * together; a transaction that is tried again runs through them anew.
 */
export type Statements = Iterable<Statement>;

/** The operator's database, alike for every dialect. The dialect's name stays inside this folder. */
export interface Database {
  /** For reads, and for single writes that stand by themselves. */
  readonly kysely: Kysely<Tables>;

  /** What to call it in logs and in `status`, without a password: `sqlite:data/x.db`, `mysql://host:3306/db`. */
  readonly label: string;

  /**
   * Multi-row inserts of at most `batchSize` rows that bring the rows with the same `key` up to date.
   * No rows, no statements.
   */
  upsert<T extends keyof Tables & string>(
    table: T,
    rows: readonly Tables[T][],
    key: readonly (keyof Tables[T] & string)[],
    batchSize: number,
  ): Statement[];

  /**
   * Runs the statements in one transaction: all of them or none.
   * A deadlock or a lock wait that timed out is tried again from the start.
   */
  writeAtomically(statements: Statements, options?: WriteAtomicallyOptions): Promise<void>;

  /**
   * A number that changes with every `writeAtomically` (unless told otherwise) and every `write` of a writer: at once with those of this
   * process, within a second with those of others. What answers to queries are made of is written in no other way.
   * Whoever hears earlier that another one has written lets it expire.
   */
  readonly dataVersion: Pick<DataVersion, 'current' | 'expire'>;

  /**
   * Makes ready for one large write, at once and without waiting: whatever takes time before a write can begin passes
   * while its caller finds out what to write. Whoever opens a writer closes it.
   */
  openWriter(): Writer;

  /** Null where no connections are pooled, as with a file that this process reads itself. */
  poolState(): PoolState | null;

  /** Whether no migration is missing. Throws DatabaseUnavailableError when the database does not answer. */
  isUpToDate(): Promise<boolean>;

  /** Applies the migrations that are missing and names them. Safe when several processes start at once. */
  migrate(): Promise<string[]>;

  /** Throws DatabaseUnavailableError when the database does not answer or is not migrated. */
  checkReady(): Promise<void>;

  close(): Promise<void>;
}

/** Connections, but for the one that a writer has for itself. */
export interface PoolState {
  /** Those with which a query or a transaction works. */
  inUse: number;
  /** Those that are open and free. */
  idle: number;
  /** Who waits for a connection: for one to come free, or to be opened. */
  waiting: number;
}

export interface Writer {
  /** As `writeAtomically`, in as few round trips as the database allows: one for a set of the usual size. */
  write(statements: Statements, options: WriteOptions): Promise<void>;

  close(): void;
}

export interface WriteAtomicallyOptions {
  onProgress?: (done: number) => void;
  /** For statements that change nothing of what answers to queries are made of. */
  keepsDataVersion?: boolean;
}

export interface WriteOptions {
  onProgress?: (done: number) => void;
  /**
   * Whether the data of this very write are stored. Asked when the connection was lost before the answer to the
   * commit came; it is certain by then that nothing of the write is still running.
   */
  hasLanded(): Promise<boolean>;
}

export interface DatabaseOptions {
  url: string;
  /** PEM file to verify the server with. */
  caFile: string | undefined;
  /** Connections kept. */
  poolSize: number;
  /** How many more under load. */
  maxOverflow: number;
  /** Hears what works, but not as well as it could. */
  onWarning?: (message: string) => void;
}

/** What one kind of database does in its own way. Another kind is another folder that offers this. */
export interface SqlDialect {
  /** See Database.label. */
  readonly label: string;
  /** Its driver throws DatabaseUnavailableError for whatever is not the fault of the query. */
  readonly kysely: KyselyDialect;
  /** See Database.poolState. */
  poolState?(): PoolState | null;
  readonly columnTypes: ColumnTypes;
  /** How many values one statement may bind. */
  readonly maxParameters: number;
  /** Makes the insert bring rows with the same key up to date; without `columns` such rows stay as they are. */
  updateOnConflict(insert: AnyInsert, key: readonly string[], columns: readonly string[]): AnyInsert;
  /** True when a transaction lost against another one and may win the next time. */
  isConflict(error: unknown): boolean;
  /** See Database.openWriter. Without one, statements are sent one by one, which costs nothing in the same process. */
  openWriter?(kysely: Kysely<Tables>, writeOneByOne: Write): Writer;
}

export type Write = (statements: Statements, options: WriteOptions) => Promise<void>;

/** Tables whose names and columns are only known at run time. */
export type AnyTables = Record<string, Record<string, unknown>>;
type AnyInsert = InsertQueryBuilder<AnyTables, string, InsertResult>;

/** The types as `create table` wants them; equality and order of text are those of its code points. */
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
  /** The same for tables of few and short columns. */
  narrowTableOptions: string;
  /** Whether indexes are written inside `create table`, or as statements of their own. */
  indexesInTable: boolean;
}
