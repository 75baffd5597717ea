import type { Compilable } from 'kysely';
import { format, type SqlValue } from 'mysql2';

/** Several statements in one text, which travels as one packet. */
export interface Packet {
  text: string;
  /** How many of the caller's statements are in the packets up to this one. */
  done: number;
  /** The last one, which ends with the commit. */
  commits: boolean;
}

/**
 * A transaction that ends with `last`, as packets of at most `maxBytes`; a statement that is longer by itself gets a packet of its own. The
 * statements are compiled one packet at a time, so that a large transaction is never in memory as text.
 */
export function* packTransaction(
  statements: readonly Compilable[],
  last: Compilable,
  maxBytes: number,
): Generator<Packet> {
  let texts = ['begin'];
  let bytes = reservedBytes;
  for (const [index, statement] of statements.entries()) {
    const text = textOf(statement);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > maxBytes && index > 0) {
      yield { text: texts.join(';'), done: index, commits: false };
      texts = [];
      bytes = reservedBytes;
    }
    texts.push(text);
    bytes += size;
  }
  yield { text: [...texts, textOf(last), 'commit'].join(';'), done: statements.length, commits: true };
}

/** For the packet's own head, `begin`, the last statement and `commit`. */
const reservedBytes = 200;

/** The values are escaped as mysql2 does it for every query of the pool. */
function textOf(statement: Compilable): string {
  const { sql, parameters } = statement.compile();
  return format(sql, parameters as SqlValue[], false, 'Z');
}
