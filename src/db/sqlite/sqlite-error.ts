import Libsql from 'libsql';
import { DatabaseUnavailableError } from '../../errors.js';

/** One clear line for faults of the file; faults of the query are returned as they are. */
export function explainSqliteError(error: unknown, path: string): unknown {
  const problem = problemOf(error);
  return problem ? new DatabaseUnavailableError(`The SQLite file ${path} ${problem}`, error) : error;
}

/** Another connection is writing, or recovering the file after a crash. */
export function isLocked(error: unknown): boolean {
  return error instanceof Libsql.SqliteError && (error.rawCode === 5 || error.rawCode === 261);
}

function problemOf(error: unknown): string | undefined {
  if (error instanceof Libsql.SqliteError) {
    // The lowest byte of an extended code is the primary code.
    return PROBLEMS.get((error.rawCode ?? 0) & 0xff);
  }
  if (isFileSystemError(error)) {
    return `cannot be created (${error.message}): change DATABASE_URL, or what this user may write to`;
  }
  // libsql gives no code when it cannot open a file, only this text.
  return error instanceof Error && error.message.startsWith('ConnectionFailed') ? CANNOT_OPEN : undefined;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

const CANNOT_OPEN =
  'cannot be opened: DATABASE_URL must name a file that this user may read and write, in a folder that it may write to';
const LOCKED = 'stays locked by another process: end that process or its write, and try again';
const DAMAGED = 'is damaged: replace it by a backup';

/** By SQLite's primary result code. */
const PROBLEMS = new Map([
  [3, CANNOT_OPEN],
  [5, LOCKED],
  [6, LOCKED],
  [8, 'may not be written: check the owner of the file and its folder, and that the disk is not mounted read-only'],
  [10, 'could not be read or written: check the disk'],
  [11, DAMAGED],
  [13, 'cannot grow: the disk is full'],
  [14, CANNOT_OPEN],
  [26, 'is not a SQLite database: DATABASE_URL must name another file, or one that does not exist yet'],
]);
