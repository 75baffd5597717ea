import type { Database } from '../db/database.js';
import { type Opening, opened } from '../db/opening.js';
import { BadUserInputError, NotFoundError } from '../errors.js';
import { LEASE_TIMES, type LeaseTimes, RefreshLease } from './lease.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { RefreshCancelledError } from './refresh-errors.js';
import { type JobKind, type JobsOptions, RefreshJobs } from './refresh-jobs.js';
import { RefreshReports } from './repository.js';

export interface RefreshServiceOptions extends Omit<JobsOptions, 'reports' | 'lease' | 'times' | 'opening'> {
  database: Database;
  /** Where the database is still being opened. */
  opening?: Opening;
  /** How many reports are kept. */
  keepReports?: number;
  times?: LeaseTimes;
}

export type StartOptions = Partial<JobKind>;

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

/**
 * One refresh at a time, in all processes on the database: whoever asks while one runs joins it and gets the same
 * report. What a process has to do with one is in its jobs, the rest in the database.
 */
export class RefreshService {
  readonly reports: RefreshReports;
  readonly #times: LeaseTimes;
  readonly #lease: RefreshLease;
  readonly #jobs: RefreshJobs;

  constructor({ times = LEASE_TIMES, keepReports, opening = opened, ...options }: RefreshServiceOptions) {
    this.#times = times;
    this.#lease = new RefreshLease(options.database, times);
    this.reports = new RefreshReports(options.database, keepReports);
    this.#jobs = new RefreshJobs({ ...options, opening, times, reports: this.reports, lease: this.#lease });
  }

  start({ dryRun = false, force = false, startedBy = 'local' }: StartOptions = {}): RefreshHandle {
    const { job, isNew } = this.#jobs.start({ dryRun, force, startedBy });
    const shown = (report: Refresh) => ({ ...report, joined: !isNew || job.joined });
    return {
      report: job.report,
      joined: !isNew,
      ready: job.ready.then(() => shown(job.report)),
      done: quiet(job.done.then(shown)),
    };
  }

  /** The refresh that runs in whichever process. */
  async running(): Promise<Refresh | null> {
    if (this.#jobs.running) return this.#jobs.running;
    const { row, ageMs } = await this.#lease.read();
    const isAlive = row.holder !== '' && ageMs < this.#times.expiryMs;
    return isAlive ? (JSON.parse(row.report) as Refresh) : null;
  }

  /** A running or a past refresh, of whichever process. */
  async find(id: string): Promise<Refresh | null> {
    const here = this.#jobs.find(id);
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
    if (!running.dryRun && !(await this.#lease.takeAway(id))) throw ended;
    const cancelled = await this.#abort(id, running);
    if (!running.dryRun) await this.reports.save(cancelled);
    return cancelled;
  }

  /** Tells of every step of the refreshes that this process runs or waits for, until the returned function is called. */
  watch(listener: (report: Refresh) => void): () => void {
    return this.#jobs.watch(listener);
  }

  /** Waits for the picture of the last refresh. */
  drawn(): Promise<void> {
    return this.#jobs.drawn();
  }

  /** Ends a running refresh before its commit, or waits for it; not for longer than its bound. None begins any more. */
  close(): Promise<void> {
    return this.#jobs.close();
  }

  /** The report of a cancelled refresh, once this process has come to the end of it; another one hears of it later. */
  async #abort(id: string, running: Refresh): Promise<Refresh> {
    const cause = new RefreshCancelledError();
    const job = this.#jobs.own(id);
    if (job) {
      job.abort(cause);
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
