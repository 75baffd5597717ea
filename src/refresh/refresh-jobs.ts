import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Opening } from '../db/opening.js';
import type { Logger } from '../logger.js';
import { logFailure, logSuccess } from './after-refresh.js';
import { DryRuns } from './dry-runs.js';
import type { Refresh } from './refresh.type.js';
import { type RefreshCancelledError, stoppedError } from './refresh-errors.js';
import { type JobOptions, RefreshJob } from './refresh-job.js';

export type JobKind = Pick<JobOptions, 'dryRun' | 'force' | 'startedBy'>;

export interface JobsOptions extends Omit<JobOptions, 'onChange' | keyof JobKind> {
  logger: Logger;
  /** Where the database is still being opened. */
  opening: Opening;
  /** The longest that closing waits. */
  closeTimeoutMs?: number;
}

/**
 * What this process runs or waits for: one refresh at a time, and one dry run beside it, for neither can do the work of
 * the other.
 */
export class RefreshJobs {
  readonly #options: JobsOptions;
  readonly #events = new EventEmitter<{ progress: [Refresh] }>().setMaxListeners(0);
  readonly #dryRuns = new DryRuns();
  #job: RefreshJob | null = null;
  #dryJob: RefreshJob | null = null;
  #drawing: Promise<void> = Promise.resolve();
  /** Why nothing begins any more. */
  #closed: RefreshCancelledError | null = null;
  #closing: Promise<void> | undefined;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** Begins one, unless one of that kind is there already. */
  start(kind: JobKind): { job: RefreshJob; isNew: boolean } {
    if (this.#closed) throw this.#closed;
    const known = kind.dryRun ? this.#dryJob : this.#job;
    if (known) return { job: known, isNew: false };
    return { job: kind.dryRun ? this.#startDry(kind) : this.#startReal(kind), isNew: true };
  }

  /** The refresh that it runs or waits for, once it is known whose it is. */
  get running(): Refresh | null {
    return this.#job?.isKnown ? this.#job.report : null;
  }

  /** The one of that id, running or a dry run that has ended. */
  find(id: string): Refresh | undefined {
    return this.#with(id)?.report ?? this.#dryRuns.find(id);
  }

  /** The one of that id that this process runs itself. */
  own(id: string): RefreshJob | undefined {
    const job = this.#with(id);
    return job?.joined ? undefined : job;
  }

  /** Tells of every step, until the returned function is called. */
  watch(listener: (report: Refresh) => void): () => void {
    this.#events.on('progress', listener);
    return () => this.#events.off('progress', listener);
  }

  /** Waits for the picture of the last refresh. */
  async drawn(): Promise<void> {
    await this.#drawing;
  }

  /** Ends what runs before its commit, or waits for it; not for longer than its bound. None begins any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const cause = stoppedError();
    this.#closed = cause;
    const jobs = [this.#job, this.#dryJob].filter((job) => job !== null);
    for (const job of jobs) job.abort(cause);
    const ended = Promise.allSettled(jobs.map((job) => job.done)).then(() => this.#drawing);
    const bound = sleep(this.#options.closeTimeoutMs ?? 10_000, undefined, { ref: false });
    await Promise.race([ended, bound]);
  }

  #with(id: string): RefreshJob | undefined {
    return [this.#job, this.#dryJob].find((job) => job?.report.id === id) ?? undefined;
  }

  #startReal(kind: JobKind): RefreshJob {
    this.#job = this.#begin(kind, () => {
      this.#job = null;
    });
    return this.#job;
  }

  #startDry(kind: JobKind): RefreshJob {
    this.#dryJob = this.#begin(kind, (report) => {
      this.#dryJob = null;
      this.#dryRuns.keep(report);
    });
    return this.#dryJob;
  }

  #begin(kind: JobKind, end: (report: Refresh) => void): RefreshJob {
    const { logger, opening } = this.#options;
    const job = new RefreshJob({ ...this.#options, ...kind, onChange: (report) => this.#tell(report) });
    // Why a database cannot be used, whoever opens it tells.
    const onceOpen = (log: () => void) => opening.then(log, () => undefined);
    job.ready.then(() =>
      onceOpen(() => logger.info({ refresh: job.report.id, joined: job.joined, ...kind }, 'refresh started')),
    );
    const after = job.done.then(
      () => this.#afterSuccess(job),
      (error) => onceOpen(() => logFailure(logger, job, error)),
    );
    after.finally(() => end(job.report)).catch(() => undefined);
    return job;
  }

  #afterSuccess(job: RefreshJob): void {
    logSuccess(this.#options.logger, job);
    this.#drawing = this.#drawing.then(() => job.finishOff());
  }

  #tell(report: Refresh): void {
    if (this.#events.listenerCount('progress') === 0) return;
    // The report goes on changing while a slow listener has not seen this step yet. Of what it is made of, only the
    // phases change in themselves; everything else is replaced.
    const phases = report.phases.map((phase) => ({ ...phase }));
    this.#events.emit('progress', { ...report, phases });
  }
}
