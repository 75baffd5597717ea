import { dirname } from 'node:path';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { LRUCache } from 'lru-cache';
import { DatabaseUnavailableError } from '../../errors.js';
import { makeFolder } from '../../files.js';
import { toStored } from '../tables.js';

/** Opens the file, or creates it with its folder, as the database object that Kysely expects. */
export function openSqliteFile(path: string, lockWaitMs: number): SqliteDatabase {
  if (path !== ':memory:') makeFolder(dirname(path));
  let libsql = open(path, lockWaitMs);
  // libsql needs statements to be kept: one that failed, such as a `begin` that found the file locked, stays in progress
  // and blocks every commit until it is run again or the file is opened again.
  let unfinished: string | undefined;
  const statements = new LRUCache<string, SqliteStatement>({
    max: MAX_STATEMENTS,
    memoMethod: (text) =>
      withSafeValues(libsql.prepare<unknown[]>(text), (isLocked) => {
        unfinished = isLocked ? text : undefined;
      }),
  });
  return {
    prepare(text) {
      // Its caller has given up. No transaction is open: each begins by waiting for the lock.
      if (unfinished !== undefined && unfinished !== text) {
        statements.clear();
        libsql.close();
        libsql = open(path, lockWaitMs);
        unfinished = undefined;
      }
      return statements.memo(text);
    },
    close() {
      // Each statement would keep the file open as long as this object is referenced.
      statements.clear();
      close(libsql);
    },
  };
}

const MAX_STATEMENTS = 50;

function open(path: string, lockWaitMs: number): Libsql.Database {
  const libsql = new Libsql(path, { timeout: lockWaitMs });
  libsql.pragma('journal_mode = wal');
  // Without it a power cut could undo the last transaction. One fsync for each of a few transactions a day is cheap.
  libsql.pragma('synchronous = full');
  libsql.pragma('foreign_keys = on');
  // From here on the driver waits for locks, without blocking the thread.
  libsql.pragma('busy_timeout = 0');
  return libsql;
}

/**
 * Moves everything into the one file, so that a copy of it is complete. It fails while another process has the file open,
 * and the last process does it.
 */
function close(libsql: Libsql.Database): void {
  try {
    libsql.pragma('wal_checkpoint(truncate)');
  } catch {}
  libsql.close();
}

function withSafeValues(
  statement: ReturnType<typeof Libsql.prototype.prepare>,
  onEnd: (isLocked: boolean) => void,
): SqliteStatement {
  const { reader } = statement;
  const observed = <T>(execute: () => T): T => {
    try {
      const result = execute();
      onEnd(false);
      return result;
    } catch (error) {
      onEnd(isLocked(error));
      throw error;
    }
  };
  const all = (values: readonly unknown[]) => (reader ? observed(() => statement.all(values.map(toBindable))) : []);
  return {
    reader,
    all,
    run: (values) => observed(() => statement.run(values.map(toBindable))),
    iterate: (values) => all(values).values(),
  };
}

/** libsql ends the process on a boolean, refuses dates, makes NaN null, and cuts text at a NUL character. */
function toBindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be stored`);
  if (typeof value === 'string' && value.includes('\0')) {
    throw new TypeError('SQLite cannot store text with a NUL character');
  }
  return value instanceof Date ? toStored(value) : (value ?? null);
}

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
