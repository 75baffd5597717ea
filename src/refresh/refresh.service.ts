import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadUserInputError, NotFoundError } from '../errors.js';
import type { Logger } from '../logger.js';
import { finishOff, logFailure, logSuccess } from './after-refresh.js';
import { RefreshCancelledError } from './ended.js';
import { LEASE_TIMES, type LeaseTimes, RefreshLease } from './lease.js';
import { type Refresh, RefreshState } from './refresh.type.js';
import { RefreshJob } from './refresh-job.js';
import type { RunOptions } from './refresh-run.js';
import { RefreshReports } from './reports.js';

export interface RefreshServiceOptions extends RunOptions {
  logger: Logger;
  /** Draws what the database holds now. Called after the commit. */
  draw: (report: Refresh) => Promise<void>;
  /** How many reports are kept. */
  keepReports?: number;
  times?: LeaseTimes;
  /** The longest that closing waits. */
  closeTimeoutMs?: number;
}

export interface StartOptions {
  dryRun?: boolean;
  /** Ask the sources again for what is still fresh. */
  force?: boolean;
  /** For the report and the log. */
  startedBy?: string;
}

/** A refresh that a caller has started or joined. */
export interface RefreshHandle {
  /** As far as it is known now. */
  report: Refresh;
  joined: boolean;
  /** When it is known whether another process runs one already, which is joined then. */
  ready: Promise<Refresh>;
  /** Rejects with what the refresh failed for. The picture is not waited for. */
  done: Promise<Refresh>;
}

/** Dry runs leave no report in the database: the last ones stay here for those who look again. */
const DRY_RUNS_KEPT = 20;

/**
 * One refresh at a time, in all processes on the database: whoever asks while one runs joins it and gets the same
 * report. Dry runs have a place of their own, for neither can do the work of the other.
 */
export class RefreshService {
  readonly reports: RefreshReports;
  readonly #options: RefreshServiceOptions;
  readonly #times: LeaseTimes;
  readonly #lease: RefreshLease;
  readonly #events = new EventEmitter<{ progress: [Refresh] }>().setMaxListeners(0);
  readonly #dryRuns = new Map<string, Refresh>();
  #job: RefreshJob | null = null;
  #dryJob: RefreshJob | null = null;
  #drawing: Promise<void> = Promise.resolve();
  /** Why nothing begins any more. */
  #closed: RefreshCancelledError | null = null;

  constructor(options: RefreshServiceOptions) {
    this.#options = options;
    this.#times = options.times ?? LEASE_TIMES;
    this.#lease = new RefreshLease(options.database, this.#times);
    this.reports = new RefreshReports(options.database, options.keepReports);
  }

  start({ dryRun = false, force = false, startedBy = 'local' }: StartOptions = {}): RefreshHandle {
    if (this.#closed) throw this.#closed;
    const joined = (dryRun ? this.#dryJob : this.#job) !== null;
    const kind = { dryRun, force, startedBy };
    const job = dryRun ? this.#dryRun(kind) : this.#refresh(kind);
    const shown = (report: Refresh) => ({ ...report, joined: joined || job.joined });
    return {
      report: job.report,
      joined,
      ready: job.ready.then(() => shown(job.report)),
      done: quiet(job.done.then(shown)),
    };
  }

  /** The refresh that runs in whichever process. */
  async running(): Promise<Refresh | null> {
    if (this.#job?.isKnown) return this.#job.report;
    const { row, ageMs } = await this.#lease.read();
    const isAlive = row.holder !== '' && ageMs < this.#times.expiryMs;
    return isAlive ? (JSON.parse(row.report) as Refresh) : null;
  }

  /** A running or a past refresh, of whichever process. */
  async find(id: string): Promise<Refresh | null> {
    const here = [this.#job?.report, this.#dryJob?.report, this.#dryRuns.get(id)].find((it) => it?.id === id);
    if (here) return here;
    // Not every database takes every text.
    if (!/^[\w-]{1,64}$/.test(id)) return null;
    const running = await this.running();
    return running?.id === id ? running : this.reports.find(id);
  }

  /** The running refresh and the reports of those before, the newest first. */
  async newest(first: number): Promise<Refresh[]> {
    if (first < 1 || first > 1000) throw new BadUserInputError('first must be from 1 to 1000');
    const [running, past] = await Promise.all([this.running(), this.reports.newest(first)]);
    return running ? [running, ...past.filter(({ id }) => id !== running.id)].slice(0, first) : past;
  }

  /**
   * Ends a refresh of whichever process before its commit. The lease decides: once it is taken away the commit fails,
   * and once the commit has happened it cannot be taken away.
   */
  async cancel(id: string): Promise<Refresh> {
    const running = await this.find(id);
    if (!running) throw new NotFoundError(`There is no refresh ${JSON.stringify(id)}`);
    const ended = new BadUserInputError(`The refresh ${JSON.stringify(id)} has ended already`);
    if (running.state !== RefreshState.RUNNING) throw ended;
    const cause = new RefreshCancelledError();
    if (running.dryRun) this.#dryJob?.abort(cause);
    else if (!(await this.#lease.takeAway(id))) throw ended;
    if (this.#job?.report.id === id && !this.#job.joined) this.#job.abort(cause);
    const cancelled = await this.#ended(id, running, cause);
    if (!running.dryRun) await this.reports.save(cancelled);
    return cancelled;
  }

  /** Tells of every step of the refreshes that this process runs or waits for, until the returned function is called. */
  watch(listener: (report: Refresh) => void): () => void {
    this.#events.on('progress', listener);
    return () => this.#events.off('progress', listener);
  }

  /** Waits for the picture of the last refresh. */
  async drawn(): Promise<void> {
    await this.#drawing;
  }

  /** Ends a running refresh before its commit, or waits for it; not for longer than its bound. None begins any more. */
  async close(): Promise<void> {
    const cause = new RefreshCancelledError('The process that ran it was stopped');
    this.#closed = cause;
    const jobs = [this.#job, this.#dryJob].filter((job) => job !== null);
    for (const job of jobs) job.abort(cause);
    const ended = Promise.allSettled(jobs.map((job) => job.done)).then(() => this.#drawing);
    const bound = sleep(this.#options.closeTimeoutMs ?? 10_000, undefined, { ref: false });
    await Promise.race([ended, bound]);
  }

  #refresh(kind: Required<StartOptions>): RefreshJob {
    this.#job ??= this.#begin(kind, () => {
      this.#job = null;
    });
    return this.#job;
  }

  #dryRun(kind: Required<StartOptions>): RefreshJob {
    this.#dryJob ??= this.#begin(kind, (report) => {
      this.#dryJob = null;
      this.#dryRuns.set(report.id, report);
      if (this.#dryRuns.size > DRY_RUNS_KEPT) this.#dryRuns.delete(this.#dryRuns.keys().next().value ?? '');
    });
    return this.#dryJob;
  }

  #begin(kind: Required<StartOptions>, end: (report: Refresh) => void): RefreshJob {
    const { logger } = this.#options;
    const job = new RefreshJob({
      ...this.#options,
      ...kind,
      reports: this.reports,
      lease: this.#lease,
      times: this.#times,
      onChange: (report) => this.#tell(report),
    });
    job.ready.then(() =>
      logger.info({ refresh: job.report.id, joined: job.joined, ...kind }, 'refresh started'),
    );
    const after = job.done.then(
      () => this.#afterSuccess(job),
      (error) => logFailure(logger, job, error),
    );
    quiet(after.finally(() => end(job.report)));
    return job;
  }

  #afterSuccess(job: RefreshJob): void {
    logSuccess(this.#options.logger, job);
    if (job.report.dryRun || job.joined) return;
    const options = { ...this.#options, reports: this.reports };
    this.#drawing = this.#drawing.then(() => finishOff(job.progress, options));
  }

  #tell(report: Refresh): void {
    if (this.#events.listenerCount('progress') === 0) return;
    // The report goes on changing while a slow listener has not seen this step yet. Of what it is made of, only the
    // phases change in themselves; everything else is replaced.
    const phases = report.phases.map((phase) => ({ ...phase }));
    this.#events.emit('progress', { ...report, phases });
  }

  /** The report of a cancelled refresh, once its process has come to the end of it. */
  async #ended(id: string, running: Refresh, cause: RefreshCancelledError): Promise<Refresh> {
    const job = [this.#job, this.#dryJob].find((it) => it?.report.id === id && !it.joined);
    if (job) {
      await job.done.catch(() => undefined);
      return job.report;
    }
    const failure = { code: cause.code, message: cause.message, details: null };
    const finishedAt = new Date().toISOString();
    return { ...running, joined: false, state: RefreshState.CANCELLED, finishedAt, failure };
  }
}

/** A caller that does not wait must not bring the process down. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
