import type { Compilable } from 'kysely';
import mysql, { type SqlValue } from 'mysql2';

/** Several statements in one text, which travels as one packet. */
export interface Packet {
  text: string;
  /** How many of the caller's statements are in the packets up to this one. */
  done: number;
  /** The last one, which ends with the commit. */
  commits: boolean;
}

/**
 * A transaction that ends with `last`, as packets of at most `maxBytes`; a statement that is longer by itself gets a
 * packet of its own. The statements are compiled one packet at a time, so that a large transaction is never in memory
 * as text. Without statements there is no transaction.
 */
export function* packTransaction(
  statements: Iterable<Compilable>,
  last: Compilable,
  maxBytes: number,
): Generator<Packet> {
  let texts = ['begin'];
  let bytes = reservedBytes;
  let done = 0;
  for (const statement of statements) {
    const text = textOf(statement);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > maxBytes && done > 0) {
      yield { text: texts.join(';'), done, commits: false };
      texts = [];
      bytes = reservedBytes;
    }
    texts.push(text);
    bytes += size;
    done += 1;
  }
  if (done > 0) yield { text: [...texts, textOf(last), 'commit'].join(';'), done, commits: true };
}

/** For the packet's own head, `begin`, the last statement and `commit`. */
const reservedBytes = 200;

/**
 * The values are escaped as mysql2 does it for every query of the pool. Its own `format` looks for the place of each by
 * reading everything around it, which takes three times as long; Kysely leaves a question mark for a value, and no other.
 */
function textOf(statement: Compilable): string {
  const { sql, parameters } = statement.compile();
  const texts = sql.split('?');
  if (texts.length !== parameters.length + 1) return mysql.format(sql, parameters as SqlValue[], false, 'Z');
  const values = parameters.map((value) => mysql.escape(value as SqlValue, false, 'Z'));
  return texts.flatMap((text, at) => [text, values[at] ?? '']).join('');
}
