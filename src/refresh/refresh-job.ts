import { follow } from './follow.js';
import { HeldByAnother, type LeaseTimes, type RefreshLease } from './lease.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { errorOf } from './refresh-errors.js';
import { RefreshProgress } from './report.js';
import type { RefreshReports } from './repository.js';
import type { Run, Runner } from './runner.js';

export interface JobOptions {
  runner: Runner;
  reports: RefreshReports;
  lease: RefreshLease;
  times: LeaseTimes;
  dryRun: boolean;
  /** Ask the sources again for what is still fresh. */
  force: boolean;
  /** For the report and the log. */
  startedBy: string;
  /** Told of every step, once it is known whose refresh it is. */
  onChange: (report: Refresh) => void;
}

/**
 * One refresh as this process sees it: its own, or one of another process that it waits for. Only one at a time holds
 * the lease; dry runs write nothing and need none.
 */
export class RefreshJob {
  /** True when another process runs it. */
  joined = false;
  /** Whether it is known whose it is: until then the report may be one of a refresh that never comes to be. */
  isKnown = false;
  /** When it is known whose it is. */
  readonly ready: Promise<void>;
  /** Rejects with what it failed for. */
  readonly done: Promise<Refresh>;
  readonly #options: JobOptions;
  readonly #abort = new AbortController();
  #progress: RefreshProgress;
  #run: Run | undefined;
  #report: Refresh;
  #known: () => void = () => undefined;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#progress = this.#newProgress();
    this.#report = this.#progress.report;
    const decided = new Promise<void>((resolve) => {
      this.#known = resolve;
    });
    this.done = options.dryRun ? this.#dryRun() : this.#runOrFollow();
    // A caller that does not wait must not bring the process down.
    const ended = this.done.then(
      () => undefined,
      () => undefined,
    );
    this.ready = Promise.race([decided, ended]);
  }

  get report(): Refresh {
    return this.#report;
  }

  /** Ends it before its commit, for this reason; what has begun to be written runs to its end. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  /** What follows a success, and nobody waits for. */
  async finishOff(): Promise<void> {
    if (this.#options.dryRun || this.joined) return;
    await this.#run?.finishOff();
  }

  #newProgress(): RefreshProgress {
    const tell = (report: Refresh) => {
      if (this.isKnown) this.#options.onChange(report);
    };
    return RefreshProgress.begin(this.#options, tell, this.#options.runner.begunAt);
  }

  #tellWhose(report: Refresh, joined: boolean): void {
    this.#report = report;
    this.joined = joined;
    this.isKnown = true;
    this.#known();
    this.#options.onChange(report);
  }

  #begin(): Run {
    const { runner, ...parts } = this.#options;
    this.#run = runner.begin({ ...parts, progress: this.#progress, abort: this.#abort });
    return this.#run;
  }

  #dryRun(): Promise<Refresh> {
    this.isKnown = true;
    this.#known();
    return this.#begin().withoutWriting();
  }

  async #runOrFollow(): Promise<Refresh> {
    for (let dead: HeldByAnother['row'] | undefined; ; ) {
      try {
        return await this.#begin().holdingTheLease(dead, () => this.#tellWhose(this.#progress.report, false));
      } catch (error) {
        if (!(error instanceof HeldByAnother)) throw error;
        const end = await this.#follow(error.row);
        if ('report' in end) return end.report;
        dead = end.dead;
        this.#progress = this.#newProgress();
      }
    }
  }

  async #follow(holder: HeldByAnother['row']) {
    const { lease, reports, times } = this.#options;
    const shown = (report: Refresh) => this.#tellWhose({ ...report, joined: true }, true);
    if (holder.report !== '') shown(JSON.parse(holder.report) as Refresh);
    const { signal } = this.#abort;
    const end = await follow(holder, { lease, reports, times, signal, onReport: shown }).catch((error) => {
      throw signal.aborted ? signal.reason : error;
    });
    if (!('report' in end)) return end;
    shown(end.report);
    if (end.report.state !== RefreshState.SUCCEEDED) throw errorOf(end.report);
    return { report: this.#report };
  }
}
