import Libsql from 'libsql';
import { DatabaseUnavailableError } from '../../errors.js';

/** One clear line for what is wrong with the file; whatever is wrong with the query is returned as it is. */
export function explainSqliteError(error: unknown, path: string): unknown {
  const problem = problemOf(error);
  return problem ? new DatabaseUnavailableError(`The SQLite file ${path} ${problem}`, error) : error;
}

/** Another connection is writing, or recovers the file after a crash. */
export function isLocked(error: unknown): boolean {
  return error instanceof Libsql.SqliteError && (error.rawCode === 5 || error.rawCode === 261);
}

function problemOf(error: unknown): string | undefined {
  if (error instanceof Libsql.SqliteError) {
    // The extended codes hold the primary one in their lowest byte.
    return problems.get((error.rawCode ?? 0) & 0xff);
  }
  if (isFileSystemError(error)) {
    return `cannot be created (${error.message}): change DATABASE_URL, or what this user may write to`;
  }
  // libsql gives no code when it cannot open a file, only this text.
  return error instanceof Error && error.message.startsWith('ConnectionFailed') ? cannotOpen : undefined;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

const cannotOpen =
  'cannot be opened: DATABASE_URL must name a file that this user may read and write, in a folder that it may write to';
const locked = 'stays locked by another process: end that process, or whatever it is writing, and try again';
const damaged = 'is damaged: put a copy from before in its place';

/** By SQLite's primary result code. */
const problems = new Map([
  [3, cannotOpen],
  [5, locked],
  [6, locked],
  [8, 'may not be written: check who owns it and its folder, and that the disk is not mounted read-only'],
  [10, 'could not be read or written: check the disk'],
  [11, damaged],
  [13, 'has no room to grow: the disk is full'],
  [14, cannotOpen],
  [26, 'is no SQLite database: DATABASE_URL must name another file, or one that does not exist yet'],
]);
