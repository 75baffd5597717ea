import type { InsertQueryBuilder, InsertResult, Kysely, Dialect as KyselyDialect } from 'kysely';
import type { PoolState, Statements, WriteOptions, Writer } from './database.js';
import type { Tables } from './tables.js';

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
