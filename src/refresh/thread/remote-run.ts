import type { MessagePort } from 'node:worker_threads';
import type { RefreshLeaseRow } from '../../db/tables.js';
import type { Logger } from '../../logger.js';
import { HeldByAnother } from '../lease.js';
import { PhaseName, PhaseState, RefreshState } from '../phases.js';
import type { Refresh } from '../refresh.type.js';
import type { Run, RunParts } from '../runner.js';
import type { End, FromRun, Order, ToRun } from './messages.js';
import { fromPlain, toPlain } from './plain-error.js';

export interface RemoteParts extends RunParts {
  /** Opens a port to the thread, which is about this one. Throws where no thread can be had. */
  send: (order: Order) => MessagePort;
  /** What the database holds may have changed. */
  onWritten: () => void;
  logger: Pick<Logger, 'warn'>;
}

/** A refresh on another thread, as it is seen from here. */
export class RemoteRun implements Run {
  readonly #parts: RemoteParts;
  /** When nothing more of it is to come, for whatever reason. */
  #closed: Promise<void> = Promise.resolve();

  constructor(parts: RemoteParts) {
    this.#parts = parts;
  }

  withoutWriting(): Promise<Refresh> {
    return this.#run(undefined, () => undefined);
  }

  holdingTheLease(dead: RefreshLeaseRow | undefined, onGranted: () => void): Promise<Refresh> {
    return this.#run(dead, onGranted);
  }

  /** The thread does that by itself. */
  async finishOff(): Promise<void> {
    await this.#closed;
    const { progress, logger } = this.#parts;
    const picture = progress.report.phases.find(({ name }) => name === PhaseName.DRAW);
    if (picture?.state === PhaseState.DONE || picture?.state === PhaseState.FAILED) return;
    logger.warn({ refresh: progress.report.id }, 'what follows the refresh was lost with its thread');
    progress.end(PhaseName.DRAW, PhaseState.FAILED);
  }

  async #run(dead: RefreshLeaseRow | undefined, onGranted: () => void): Promise<Refresh> {
    const { progress, abort, force } = this.#parts;
    const end = await this.#ended({ report: progress.report, force, dead }, onGranted, abort.signal);
    if (end) throw 'heldBy' in end ? new HeldByAnother(end.heldBy) : fromPlain(end.failure);
    return progress.report;
  }

  async #ended(order: Order, onGranted: () => void, signal: AbortSignal): Promise<End> {
    let port: MessagePort;
    try {
      port = this.#parts.send(order);
    } catch (error) {
      return this.#afterDeath(error);
    }
    this.#closed = new Promise((resolve) => port.once('close', resolve));
    const tellAbort = () => port.postMessage({ abort: toPlain(signal.reason) } satisfies ToRun);
    if (signal.aborted) tellAbort();
    else signal.addEventListener('abort', tellAbort, { once: true });
    const told = new Promise<() => End | Promise<End>>((resolve) => {
      port.on('message', (message: FromRun) => {
        if (message === 'granted') onGranted();
        else if ('changes' in message) this.#take(message.changes);
        else resolve(() => message.ended);
      });
    });
    const death = new Error('The thread that ran the refresh has died');
    // What was said before the port was closed is heard before.
    const silence = this.#closed.then(() => () => this.#afterDeath(death));
    const end = await Promise.race([told, silence]);
    signal.removeEventListener('abort', tellAbort);
    return end();
  }

  #take(changes: Partial<Refresh>): void {
    // Before anybody hears of it, for he may look at once.
    if (changes.state !== undefined) this.#parts.onWritten();
    this.#parts.progress.take(changes);
  }

  /** The thread has left neither a report nor the lease. */
  async #afterDeath(cause: unknown): Promise<End> {
    const { progress, logger } = this.#parts;
    // It could not say that any more, but has told of it before.
    if (progress.report.state === RefreshState.SUCCEEDED) return undefined;
    const report = progress.failed(cause);
    const stored = report.dryRun
      ? null
      : await this.#clearUp(report).catch((err) => logger.warn({ err }, NOT_STORED));
    this.#parts.onWritten();
    progress.take(stored ?? report);
    return stored ? undefined : { failure: toPlain(cause) };
  }

  /** Returns the report of what has been committed after all. */
  async #clearUp(failed: Refresh): Promise<Refresh | null> {
    const { reports, lease } = this.#parts;
    // It waits for a commit that is still under way, and keeps a later one from happening.
    await lease.giveBack({ id: failed.id, abandoned: null });
    if (await reports.hasSucceeded(failed.id)) return reports.find(failed.id);
    await reports.save(failed);
    return null;
  }
}

const NOT_STORED = 'the report could not be stored';
