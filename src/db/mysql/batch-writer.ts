import { randomUUID } from 'node:crypto';
import { type Compilable, type Kysely, sql } from 'kysely';
import mysql, { type Connection, createConnection, type SqlValue } from 'mysql2';
import { retryWhile } from '../../async.js';
import { DatabaseUnavailableError } from '../../errors.js';
import { bumpVersion } from '../data-version.js';
import type { Database, Statements, WriteOptions, Writer } from '../database.js';
import type { Tables } from '../tables.js';
import { afterConflicts } from '../write.js';
import {
  connectionOptions,
  destroyConnection,
  queryWithTimeout,
  type SessionSettings,
  sessionSetup,
} from './mysql-connection.js';
import { explainMysqlError, isMysqlConflict, isMysqlLost } from './mysql-error.js';

interface BatchWriterOptions {
  /** The pool, to end a session whose connection was lost. */
  kysely: Kysely<Tables>;
  settings: SessionSettings;
  /** Sends one statement at a time, for servers that refuse multi-statement batches. */
  fallback: Database['writeAtomically'];
  onRefused(error: unknown): void;
}

/**
 * Sends a whole transaction as one multi-statement batch: `begin`, the statements and `commit` take one round trip
 * instead of one each. The server stops at the first statement that fails, so the `commit` after it is not executed.
 * The connection is opened at once and used for nothing else, so that no other query can have several statements.
 *
 * When the connection is lost, the outcome of the commit is unknown. The session holds a lock with a unique name: the
 * writer kills the session that holds it and waits for its end. Only then does it ask the data whether they were
 * committed, and retry if they were not.
 */
export class BatchWriter implements Writer {
  readonly #options: BatchWriterOptions;
  #session: BatchSession;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#session = openSession(options.settings);
  }

  async write(statements: Statements, options: WriteOptions): Promise<void> {
    const { settings, fallback, onRefused } = this.#options;
    const conflictDelayMs = afterConflicts(isMysqlConflict);
    let lossesLeft = 1;
    await retryWhile(
      async () => {
        const setup = await this.#session.ready.catch(onRefused);
        if (setup) await this.#writeOnce(setup, statements, options);
        else await fallback(statements, options);
      },
      (error, retries) => (isMysqlLost(error) && lossesLeft-- > 0 ? 0 : conflictDelayMs(error, retries)),
    ).catch((error: unknown) => {
      throw explainMysqlError(error, settings);
    });
  }

  close(): void {
    this.#session.close();
  }

  async #writeOnce(
    { lockName, maxBatchBytes }: SessionSetup,
    statements: Statements,
    { onProgress, wasCommitted }: WriteOptions,
  ): Promise<void> {
    let isCommitting = false;
    try {
      for (const batch of transactionBatches(statements, bumpVersion(this.#options.kysely), maxBatchBytes)) {
        isCommitting = batch.commits;
        await this.#session.send(batch.text);
        report(onProgress, batch.done);
      }
    } catch (error) {
      if (!isMysqlLost(error)) await this.#rollBack();
      else if (await this.#resolveLoss(lockName, isCommitting, wasCommitted, error)) return;
      throw error;
    }
  }

  /** If even that fails, the session is closed, and the server rolls back. */
  async #rollBack(): Promise<void> {
    await this.#session.send('rollback').catch(() => this.#reopen());
  }

  /** Opens a new session; returns whether the lost one has committed. */
  async #resolveLoss(
    lockName: string,
    isCommitting: boolean,
    wasCommitted: () => Promise<boolean>,
    cause: unknown,
  ): Promise<boolean> {
    this.#reopen();
    if (!isCommitting) return false;
    try {
      await endSession(this.#options.kysely, lockName);
      return await wasCommitted();
    } catch (error) {
      const message = `The connection to the database was lost during the commit, and it cannot be determined whether the data were stored (${(error as Error).message})`;
      throw new DatabaseUnavailableError(message, cause);
    }
  }

  #reopen(): void {
    this.#session.close();
    this.#session = openSession(this.#options.settings);
  }
}

/** The batch may be committed already: an error of a listener must not fail it. */
function report(onProgress: WriteOptions['onProgress'], done: number): void {
  try {
    onProgress?.(done);
  } catch {}
}

interface BatchSession {
  /** Rejects if the server cannot be reached or refuses multi-statement batches. */
  ready: Promise<SessionSetup>;
  /** Rejects with the error of the first statement that fails; the server executes none after it. */
  send(text: string): Promise<void>;
  close(): void;
}

interface SessionSetup {
  /** A lock that the server releases when the session ends. */
  lockName: string;
  maxBatchBytes: number;
}

function openSession(settings: SessionSettings): BatchSession {
  const connection = createConnection({
    ...connectionOptions(settings),
    multipleStatements: true,
    // The values are in the text already; mysql2 would search all of it for placeholders.
    queryFormat: (text) => text,
  });
  // The query that fails rejects; without a listener the event would end the process.
  connection.on('error', () => undefined);
  const ready = setUp(connection);
  // Avoids an unhandled rejection if the session is closed before it is used.
  ready.catch(() => undefined);
  const send = async (text: string) => void (await query(connection, text));
  return { ready, send, close: () => closeSoon(connection) };
}

/** In seconds. The connection is opened early, and idle until the sources have answered. */
const WAIT_TIMEOUT = 3_600;

/** As a multi-statement batch, which also shows whether the server accepts one. */
async function setUp(connection: Connection): Promise<SessionSetup> {
  const lockName = `country_exchange_${randomUUID()}`;
  const setup = `${sessionSetup};set session wait_timeout = ${WAIT_TIMEOUT}`;
  const limit = 'select @@max_allowed_packet as bytes';
  const results = await query(connection, `${setup};select get_lock('${lockName}', 0);${limit}`);
  const [{ bytes }] = (results as [unknown, unknown, unknown, [{ bytes: number }]])[3];
  // Larger batches save no time, but cost memory.
  return { lockName, maxBatchBytes: Math.min(Number(bytes), 1_000_000) };
}

/** Without an answer in this time the connection counts as lost. */
const QUERY_TIMEOUT_MS = 60_000;

function query(connection: Connection, text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    queryWithTimeout(connection, { sql: text, timeout: QUERY_TIMEOUT_MS }, (error, results) => {
      if (error) reject(error);
      else resolve(results);
    });
  });
}

/** Says goodbye to the server, but does not wait for it. */
function closeSoon(connection: Connection): void {
  connection.end(() => undefined);
  setTimeout(() => destroyConnection(connection), 1_000).unref();
}

interface Batch {
  text: string;
  /** How many of the statements are in the batches up to this one. */
  done: number;
  /** True for the last batch, which ends with `commit`. */
  commits: boolean;
}

/** For the header of the packet, `begin`, the last statement and `commit`. */
const RESERVED_BYTES = 200;

/**
 * A transaction that ends with `last`, as batches of at most `maxBytes` (a longer statement gets a batch of its own). They
 * are generated one at a time, so that a large transaction is never in memory as text.
 */
export function* transactionBatches(
  statements: Iterable<Compilable>,
  last: Compilable,
  maxBytes: number,
): Generator<Batch> {
  let texts = ['begin'];
  let bytes = RESERVED_BYTES;
  let done = 0;
  for (const statement of statements) {
    const text = textOf(statement);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > maxBytes && done > 0) {
      yield { text: texts.join(';'), done, commits: false };
      texts = [];
      bytes = RESERVED_BYTES;
    }
    texts.push(text);
    bytes += size;
    done += 1;
  }
  if (done > 0) yield { text: [...texts, textOf(last), 'commit'].join(';'), done, commits: true };
}

/**
 * The SQL with the values escaped by mysql2, as in every query of the pool. mysql2's own `format` takes three times as
 * long, because it parses the SQL for placeholders; Kysely writes a question mark for each value, and no other.
 */
function textOf(statement: Compilable): string {
  const { sql, parameters } = statement.compile();
  const texts = sql.split('?');
  if (texts.length !== parameters.length + 1) return mysql.format(sql, parameters as SqlValue[], false, 'Z');
  const values = parameters.map((value) => mysql.escape(value as SqlValue, false, 'Z'));
  return texts.flatMap((text, at) => [text, values[at] ?? '']).join('');
}

const END_TIMEOUT_MS = 10_000;
const END_POLL_MS = 20;

/**
 * Kills the session that holds the lock and waits until it has ended. A server that has lost its client still executes
 * what it has received, so the outcome of the transaction is unknown until then.
 */
async function endSession(kysely: Kysely<Tables>, lockName: string): Promise<void> {
  const deadline = performance.now() + END_TIMEOUT_MS;
  await retryWhile(
    async () => {
      const holder = sql<{ id: number | null }>`select is_used_lock(${lockName}) as id`;
      const id = (await holder.execute(kysely)).rows[0]?.id ?? null;
      if (id === null) return;
      // It may end by itself at the same time.
      await sql`kill connection ${sql.lit(id)}`.execute(kysely).catch(() => undefined);
      throw new Error('the server does not end the session');
    },
    // Queries may fail as well, until the pool has replaced its own lost connections.
    () => (performance.now() < deadline ? END_POLL_MS : null),
  );
}
