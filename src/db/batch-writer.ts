import type { Compilable, Kysely } from 'kysely';
import { retryWhile } from '../async.js';
import { DatabaseUnavailableError } from '../errors.js';
import { bumpVersion } from './data-version.js';
import type { Database, Statements, WriteOptions, Writer } from './database.js';
import type { Tables } from './tables.js';
import { afterConflicts } from './write.js';

/** What differs between the kinds of server. */
export interface BatchProtocol {
  /** May open a connection in advance. */
  openSession(): BatchSession;
  /** The SQL with its values as literals. */
  textOf(statement: Compilable): string;
  isConflict(error: unknown): boolean;
  /** Whether the connection is lost, and the answer to what was sent with it. */
  isLost(error: unknown): boolean;
  explain(error: unknown): unknown;
  /** Tells the server to end the session, through the pool. True when it has ended. */
  endSession(kysely: Kysely<Tables>, name: string): Promise<boolean>;
}

export interface BatchSession {
  /** Called before each transaction. Rejects if the server cannot be reached or refuses multi-statement batches. */
  ready(): Promise<SessionSetup>;
  /** Rejects with the error of the first statement that fails; the server executes none after it. */
  send(text: string): Promise<void>;
  /** Until the next transaction. */
  rest(): void;
  /** Its transaction may be open. */
  close(): void;
}

export interface SessionSetup {
  /** By which the server knows the session as long as it lasts. */
  name: string;
  maxBatchBytes: number;
}

/** Larger batches save no time, but cost memory. */
export const MAX_BATCH_BYTES = 1_000_000;

interface BatchWriterOptions {
  /** The pool, to end a session whose connection was lost. */
  kysely: Kysely<Tables>;
  protocol: BatchProtocol;
  /** Sends one statement at a time, for servers that refuse multi-statement batches. */
  fallback: Database['writeAtomically'];
  /** Throws if that would not help. */
  onRefused(error: unknown): void;
}

/**
 * Sends a whole transaction as one multi-statement batch: `begin`, the statements and `commit` take one round trip
 * instead of one each. The server stops at the first statement that fails, so the `commit` after it is not executed.
 *
 * When the connection is lost, the outcome of the commit is unknown. The session has a unique name at the server: the
 * writer kills the session with that name and waits for its end. Only then does it ask the data whether they were
 * committed, and retry if they were not.
 */
export class BatchWriter implements Writer {
  readonly #options: BatchWriterOptions;
  #session: BatchSession;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#session = options.protocol.openSession();
  }

  async write(statements: Statements, options: WriteOptions): Promise<void> {
    const { protocol, fallback, onRefused } = this.#options;
    const conflictDelayMs = afterConflicts(protocol.isConflict);
    let lossesLeft = 1;
    await retryWhile(
      async () => {
        const setup = await this.#session.ready().catch(onRefused);
        if (setup) await this.#writeOnce(setup, statements, options);
        else await fallback(statements, options);
      },
      (error, retries) => (protocol.isLost(error) && lossesLeft-- > 0 ? 0 : conflictDelayMs(error, retries)),
    )
      .catch((error: unknown) => {
        throw protocol.explain(error);
      })
      .finally(() => this.#session.rest());
  }

  close(): void {
    this.#session.close();
  }

  async #writeOnce(
    { name, maxBatchBytes }: SessionSetup,
    statements: Statements,
    { onProgress, wasCommitted }: WriteOptions,
  ): Promise<void> {
    const { kysely, protocol } = this.#options;
    let isCommitting = false;
    try {
      for (const batch of transactionBatches(statements, bumpVersion(kysely), { ...protocol, maxBatchBytes })) {
        isCommitting = batch.commits;
        await this.#session.send(batch.text);
        report(onProgress, batch.done);
      }
    } catch (error) {
      if (!protocol.isLost(error)) await this.#rollBack();
      else if (await this.#resolveLoss(name, isCommitting, wasCommitted, error)) return;
      throw error;
    }
  }

  /** If even that fails, the session is closed, and the server rolls back. */
  async #rollBack(): Promise<void> {
    await this.#session.send('rollback').catch(() => this.#reopen());
  }

  /** Opens a new session; returns whether the lost one has committed. */
  async #resolveLoss(
    name: string,
    isCommitting: boolean,
    wasCommitted: () => Promise<boolean>,
    cause: unknown,
  ): Promise<boolean> {
    this.#reopen();
    if (!isCommitting) return false;
    try {
      await this.#endSession(name);
      return await wasCommitted();
    } catch (error) {
      const message = `The connection to the database was lost during the commit, and it cannot be determined whether the data were stored (${(error as Error).message})`;
      throw new DatabaseUnavailableError(message, cause);
    }
  }

  #reopen(): void {
    this.#session.close();
    this.#session = this.#options.protocol.openSession();
  }

  /**
   * Kills the session and waits until it has ended. A server that has lost its client still executes what it has
   * received, so the outcome of the transaction is unknown until then.
   */
  async #endSession(name: string): Promise<void> {
    const { kysely, protocol } = this.#options;
    const deadline = performance.now() + END_TIMEOUT_MS;
    await retryWhile(
      async () => {
        if (!(await protocol.endSession(kysely, name))) throw new Error('the server does not end the session');
      },
      // Queries may fail as well, until the pool has replaced its own lost connections.
      () => (performance.now() < deadline ? END_POLL_MS : null),
    );
  }
}

const END_TIMEOUT_MS = 10_000;
const END_POLL_MS = 20;

/** The batch may be committed already: an error of a listener must not fail it. */
function report(onProgress: WriteOptions['onProgress'], done: number): void {
  try {
    onProgress?.(done);
  } catch {}
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
 * A transaction that ends with `last`, as batches of at most `maxBatchBytes` (a longer statement gets a batch of its own). They
 * are generated one at a time, so that a large transaction is never in memory as text.
 */
export function* transactionBatches(
  statements: Iterable<Compilable>,
  last: Compilable,
  { textOf, maxBatchBytes }: Pick<BatchProtocol, 'textOf'> & Pick<SessionSetup, 'maxBatchBytes'>,
): Generator<Batch> {
  let texts = ['begin'];
  let bytes = RESERVED_BYTES;
  let done = 0;
  for (const statement of statements) {
    const text = textOf(statement);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > maxBatchBytes && done > 0) {
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
