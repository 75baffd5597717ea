import { dirname } from 'node:path';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { makeFolder } from '../../files.js';
import { toStored } from '../tables.js';
import { type Cells, rowMaker } from './row-maker.js';

/** Opens the file, or creates it with its folder, as the database object that Kysely works with. */
export function openSqliteFile(path: string, lockWaitMs: number): SqliteDatabase {
  if (path !== ':memory:') {
    makeFolder(dirname(path));
  }
  const libsql = open(path, lockWaitMs);
  const kept = new Map<string, SqliteStatement>();
  const prepare = keepLatest(kept, (text) => bindSafely(libsql.prepare<unknown[]>(text)));
  return {
    prepare,
    close: () => {
      // Each of them would hold the file open for as long as anybody holds this object.
      kept.clear();
      close(libsql);
    },
  };
}

function open(path: string, lockWaitMs: number): Libsql.Database {
  const libsql = new Libsql(path, { timeout: lockWaitMs });
  libsql.pragma('journal_mode = wal');
  // One fsync for each of a few transactions a day is cheap; without it a power cut could undo the last of them.
  libsql.pragma('synchronous = full');
  libsql.pragma('foreign_keys = on');
  // From here on the driver waits for locks, in a way that lets the rest of the process go on.
  libsql.pragma('busy_timeout = 0');
  return libsql;
}

/**
 * Leaves everything in the one file, so that who copies a stopped database copies all of it. While another process
 * holds the file that is for the last one to do.
 */
function close(libsql: Libsql.Database): void {
  try {
    libsql.pragma('wal_checkpoint(truncate)');
  } catch {}
  libsql.close();
}

/** Preparing costs more than running a look-up: 36 us without, 13 us with a statement that is kept. */
function keepLatest(
  kept: Map<string, SqliteStatement>,
  prepare: (text: string) => SqliteStatement,
): (text: string) => SqliteStatement {
  return (text) => {
    const statement = kept.get(text) ?? prepare(text);
    kept.delete(text);
    if (text.length <= maxKeptLength) {
      kept.set(text, statement);
    }
    if (kept.size > maxKept) {
      kept.delete(kept.keys().next().value ?? '');
    }
    return statement;
  };
}

const maxKept = 100;
/** Long ones are inserts of many rows: seldom run, and large. */
const maxKeptLength = 4_000;

function bindSafely(statement: ReturnType<typeof Libsql.prototype.prepare>): SqliteStatement {
  const { reader } = statement;
  const read = reader ? rowsOf(statement) : () => [];
  const all = (values: readonly unknown[]) => read(values.map(toBindable));
  return {
    reader,
    all,
    run: (values) => statement.run(values.map(toBindable)),
    iterate: (values) => all(values).values(),
  };
}

function rowsOf(statement: ReturnType<typeof Libsql.prototype.prepare>): (values: unknown[]) => object[] {
  const toRow = rowMaker(statement.columns().map(({ name }) => name));
  // Not get for the one row of a look-up: libsql may leave its statement there, and the next run goes on behind it.
  const reading = statement.raw();
  return (values) => (reading.all(values) as Cells[]).map(toRow);
}

/** libsql ends the whole process over a boolean, refuses dates, and cuts text off at a NUL character. */
function toBindable(value: unknown): unknown {
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  if (typeof value === 'string' && value.includes('\0')) {
    throw new TypeError('SQLite cannot keep text with a NUL character');
  }
  return value instanceof Date ? toStored(value) : (value ?? null);
}
