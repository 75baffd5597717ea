import { dirname } from 'node:path';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { makeFolder } from '../../files.js';
import { toStored } from '../tables.js';

/** Opens the file, or creates it with its folder, as the database object that Kysely expects. */
export function openSqliteFile(path: string, lockWaitMs: number): SqliteDatabase {
  if (path !== ':memory:') makeFolder(dirname(path));
  const libsql = open(path, lockWaitMs);
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare: cached(statements, (text) => withSafeValues(libsql.prepare<unknown[]>(text))),
    close() {
      // Each statement would keep the file open as long as this object is referenced.
      statements.clear();
      close(libsql);
    },
  };
}

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

const MAX_STATEMENTS = 50;

/**
 * An LRU cache of prepared statements. libsql needs it: a statement that failed, such as a `begin` that found the file
 * locked, stays in progress and blocks every commit until it is run again or garbage-collected.
 */
function cached(
  statements: Map<string, SqliteStatement>,
  prepare: (text: string) => SqliteStatement,
): (text: string) => SqliteStatement {
  return (text) => {
    const statement = statements.get(text) ?? prepare(text);
    statements.delete(text);
    statements.set(text, statement);
    if (statements.size > MAX_STATEMENTS) statements.delete(statements.keys().next().value ?? '');
    return statement;
  };
}

function withSafeValues(statement: ReturnType<typeof Libsql.prototype.prepare>): SqliteStatement {
  const { reader } = statement;
  const all = (values: readonly unknown[]) => (reader ? statement.all(values.map(toBindable)) : []);
  return {
    reader,
    all,
    run: (values) => statement.run(values.map(toBindable)),
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
