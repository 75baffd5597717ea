import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Compilable, type Kysely, sql } from 'kysely';
import mysql, { type Connection, createConnection, type SqlValue } from 'mysql2';
import { DatabaseUnavailableError } from '../../errors.js';
import type { Statement, Statements, Write, WriteOptions, Writer } from '../database.js';
import type { Tables } from '../tables.js';
import { backOffMs, maxRetries } from '../write.js';
import { isMysqlConflict, isMysqlLost } from './mysql-error.js';
import {
  connectionOptions,
  cutOff,
  type SessionSettings,
  sessionSettings,
  timedQuery,
} from './mysql-pool.js';

export interface PacketWriterParts {
  open(): OpeningSession;
  /** Ends every transaction. */
  last: Statement;
  /** Resolves when the server has ended the session and, with it, its transaction. */
  waitForEnd(mark: string): Promise<void>;
  /** One statement at a time, for servers that want no other way. */
  writeOneByOne: Write;
  /** Hears why the packets were not used. */
  onRefused(error: unknown): void;
}

/**
 * A transaction in one packet: `begin`, the statements and `commit` cost one round trip where each would cost its own.
 * The server stops at the first statement that fails, so the commit behind it is not run.
 */
export class PacketWriter implements Writer {
  readonly #parts: PacketWriterParts;
  #session: OpeningSession;

  constructor(parts: PacketWriterParts) {
    this.#parts = parts;
    this.#session = parts.open();
  }

  async write(statements: Statements, options: WriteOptions): Promise<void> {
    const retries = { conflicts: maxRetries, losses: 1 };
    for (;;) {
      const session = await this.#session.ready.catch(this.#parts.onRefused);
      if (!session) return this.#parts.writeOneByOne(statements, options);
      try {
        return await this.#writeOnce(session, statements, options);
      } catch (error) {
        await pauseOrThrow(error, retries);
      }
    }
  }

  close(): void {
    this.#session.close();
  }

  async #writeOnce(
    session: PacketSession,
    statements: Statements,
    { onProgress, hasLanded }: WriteOptions,
  ): Promise<void> {
    let committing = false;
    try {
      for (const packet of packTransaction(statements, this.#parts.last, session.maxPacketBytes)) {
        committing = packet.commits;
        await session.send(packet.text);
        tell(onProgress, packet.done);
      }
    } catch (error) {
      if (!isMysqlLost(error)) await this.#rollBack(session);
      else if (await this.#hasLanded(session, committing, hasLanded, error)) return;
      throw error;
    }
  }

  /** A session that cannot even roll back is given up, and its transaction with it. */
  async #rollBack(session: PacketSession): Promise<void> {
    await session.send('rollback').catch(() => this.#reopen());
  }

  /** The answer is lost: only the data can tell whether the commit was run. */
  async #hasLanded(
    session: PacketSession,
    committing: boolean,
    ask: () => Promise<boolean>,
    cause: unknown,
  ): Promise<boolean> {
    this.#reopen();
    if (!committing) return false;
    try {
      await this.#parts.waitForEnd(session.mark);
      return await ask();
    } catch (error) {
      const message = `The connection to the database was lost during the commit, and it cannot be found out whether the data were stored (${(error as Error).message})`;
      throw new DatabaseUnavailableError(message, cause);
    }
  }

  #reopen(): void {
    this.#session.close();
    this.#session = this.#parts.open();
  }
}

/** Throws what is not worth another try. */
async function pauseOrThrow(error: unknown, retries: { conflicts: number; losses: number }): Promise<void> {
  if (isMysqlLost(error) && retries.losses > 0) {
    retries.losses -= 1;
  } else if (isMysqlConflict(error) && retries.conflicts > 0) {
    await delay(backOffMs(maxRetries - retries.conflicts));
    retries.conflicts -= 1;
  } else {
    throw error;
  }
}

/** The packet may have committed already: a listener that fails must not make that a failure. */
function tell(onProgress: WriteOptions['onProgress'], done: number): void {
  try {
    onProgress?.(done);
  } catch {}
}

/** A connection of its own that takes several statements in one packet. No other query runs with that switch. */
export interface PacketSession {
  /** The name of a lock that lives exactly as long as the session does on the server. */
  mark: string;
  maxPacketBytes: number;
  /** Rejects with the error of the first statement that fails; the server runs none of those behind it. */
  send(text: string): Promise<void>;
}

export interface OpeningSession {
  /** Rejects when the server cannot be reached, or refuses several statements in one packet. */
  ready: Promise<PacketSession>;
  close(): void;
}

/** Begins to open one; what it takes of round trips passes while the caller does other things. */
export function openPacketSession(settings: SessionSettings): OpeningSession {
  const connection = createConnection({
    ...connectionOptions(settings),
    multipleStatements: true,
    // What is sent has its values in it. mysql2 would read all of it for places to put some.
    queryFormat: (text) => text,
  });
  // It is heard of through the command that fails; without a listener it would end the process.
  connection.on('error', () => undefined);
  const ready = setUp(connection);
  // Whoever closes it before it is open does not ask what has become of it.
  ready.catch(() => undefined);
  return { ready, close: () => close(connection) };
}

/** In one packet, which tells as well whether the server takes packets of several statements. */
async function setUp(connection: Connection): Promise<PacketSession> {
  const mark = `country_exchange_${randomUUID()}`;
  const facts = 'select @@max_allowed_packet as maxPacketBytes';
  const results = await query(connection, `${sessionSettings};select get_lock('${mark}', 0);${facts}`);
  const [{ maxPacketBytes }] = (results as [unknown, unknown, [{ maxPacketBytes: number }]])[2];
  return {
    mark,
    // Larger ones save no time worth their memory.
    maxPacketBytes: Math.min(Number(maxPacketBytes), 1_000_000),
    send: async (text) => void (await query(connection, text)),
  };
}

/** After this time without an answer the connection counts as lost. */
const ANSWER_TIMEOUT_MS = 60_000;

function query(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    timedQuery(connection, { sql, timeout: ANSWER_TIMEOUT_MS }, (error, results) => {
      if (error) reject(error);
      else resolve(results);
    });
  });
}

/** Says good-bye where the server still listens, and waits for nothing. */
function close(connection: Connection): void {
  connection.end(() => undefined);
  setTimeout(() => cutOff(connection), 1_000).unref();
}

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

const DEADLINE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Ends the session that holds the lock of this name and waits until it has ended. A server that has lost its client
 * runs what it has received to the end, so before that nobody can say what the transaction has become.
 */
export async function waitForEnd(kysely: Kysely<Tables>, mark: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      const session = await holderOf(kysely, mark);
      if (session === null) return;
      await kill(kysely, session);
    } catch (error) {
      // The pool's connections may have been lost with the session; it opens new ones.
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error('the server does not end the session');
    await delay(PAUSE_MS);
  }
}

async function holderOf(kysely: Kysely<Tables>, mark: string): Promise<number | null> {
  const { rows } = await sql<{ session: number | null }>`select is_used_lock(${mark}) as session`.execute(
    kysely,
  );
  return rows[0]?.session ?? null;
}

/** It may have ended by itself in between. */
async function kill(kysely: Kysely<Tables>, session: number): Promise<void> {
  await sql`kill connection ${sql.lit(session)}`.execute(kysely).catch(() => undefined);
}
