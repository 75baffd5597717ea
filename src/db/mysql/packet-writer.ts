import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailableError } from '../../errors.js';
import type { Statement, Statements, WriteOptions, Writer } from '../database.js';
import type { Write } from '../dialect.js';
import { backOffMs, maxRetries } from '../write-atomically.js';
import { isMysqlConflict, isMysqlLost } from './mysql-error.js';
import { packTransaction } from './pack-transaction.js';
import type { OpeningSession, PacketSession } from './packet-session.js';

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
