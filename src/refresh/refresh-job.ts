import { setImmediate as turn } from 'node:timers/promises';
import { whileOpening } from '../db/opening.js';
import type { Logger } from '../logger.js';
import { reportAbandoned } from './abandoned.js';
import { errorOf } from './ended.js';
import { follow } from './follow.js';
import { startHeartbeat, whyLost } from './heartbeat.js';
import { type Grant, HeldByAnother, type LeaseTimes, type RefreshLease } from './lease.js';
import { RefreshProgress } from './progress.js';
import type { Refresh } from './refresh.type.js';
import type { RunOptions, Transaction } from './refresh-run.js';
import { RefreshState } from './refresh-state.js';
import type { RefreshReports } from './reports.js';

export interface JobOptions extends RunOptions {
  logger: Logger;
  reports: RefreshReports;
  lease: RefreshLease;
  times: LeaseTimes;
  dryRun: boolean;
  startedBy: string;
  force: boolean;
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

  /** The steps of a refresh that this process runs itself. */
  get progress(): RefreshProgress {
    return this.#progress;
  }

  /** Ends it before its commit, for this reason; what has begun to be written runs to its end. */
  abort(reason: Error): void {
    this.#abort.abort(reason);
  }

  #newProgress(): RefreshProgress {
    const tell = (report: Refresh) => {
      if (this.isKnown) this.#options.onChange(report);
    };
    return new RefreshProgress(this.#options, tell, this.#options.sources.askedAt);
  }

  #tellWhose(report: Refresh, joined: boolean): void {
    this.#report = report;
    this.joined = joined;
    this.isKnown = true;
    this.#known();
    this.#options.onChange(report);
  }

  async #dryRun(): Promise<Refresh> {
    const progress = this.#progress;
    this.isKnown = true;
    this.#known();
    try {
      await this.#refresh(progress, null);
    } catch (error) {
      const cause = this.#causeOf(error);
      progress.fail(progress.failed(cause));
      throw cause;
    }
    return progress.report;
  }

  async #runOrFollow(): Promise<Refresh> {
    for (let dead: HeldByAnother['row'] | undefined; ; ) {
      try {
        return await this.#run(dead);
      } catch (error) {
        if (!(error instanceof HeldByAnother)) throw error;
        const end = await this.#follow(error.row);
        if ('report' in end) return end.report;
        dead = end.dead;
        this.#progress = this.#newProgress();
      }
    }
  }

  /** The lease is asked for while the sources answer: whoever does not get it gives the fetching up. */
  async #run(dead: HeldByAnother['row'] | undefined): Promise<Refresh> {
    const { lease, times, reports, logger, opening } = this.#options;
    const progress = this.#progress;
    let grant: Grant | undefined;
    let stopHeartbeat = () => {};
    const acquire = async () => {
      grant = await lease.acquire(progress.report, dead);
      return grant;
    };
    const granted = whileOpening(opening, acquire).then(async (it) => {
      const onLost = (cause: Error) => this.abort(cause);
      stopHeartbeat = startHeartbeat(lease, it, { ...times, report: progress.report, onLost });
      this.#tellWhose(progress.report, false);
      if (it.abandoned) await reportAbandoned(it.abandoned, reports, logger);
      return it;
    });
    try {
      await this.#refresh(progress, granted.then(transactionOf(lease)));
      return progress.report;
    } catch (error) {
      // It may come late, and must not be left behind.
      await granted.catch(() => undefined);
      if (error instanceof HeldByAnother) throw error;
      await this.#expectOpen(grant);
      if (grant && (await this.#hasCommitted(grant))) return progress.report;
      throw await this.#failedHolding(grant, error);
    } finally {
      stopHeartbeat();
      if (grant) lease.forget(grant);
    }
  }

  /** Loaded with the first refresh: a server answers queries before that. */
  async #refresh(progress: RefreshProgress, transaction: Promise<Transaction> | null): Promise<void> {
    // It is awaited later; until then its failure must not end the process.
    transaction?.catch(() => undefined);
    const { runRefresh } = await import('./refresh-run.js');
    // Whoever asked for it and the lease have taken this one.
    await turn();
    await runRefresh(this.#options, progress, this.#abort.signal, transaction);
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

  /** In a database that cannot be used nothing has been begun, and there is no place for a report. */
  async #expectOpen(grant: Grant | undefined): Promise<void> {
    const { opening, lease } = this.#options;
    try {
      await opening;
    } catch (error) {
      // A database of a newer version has given it before that was known.
      if (grant) await lease.giveBack(grant).catch(() => undefined);
      throw this.#causeOf(error);
    }
  }

  /** The answer to a commit can be lost with the connection: whether it happened, the tables say. */
  async #hasCommitted({ id }: Grant): Promise<boolean> {
    const stored = await this.#options.reports.find(id).catch(() => null);
    if (stored?.state !== RefreshState.SUCCEEDED) return false;
    this.#progress.succeed();
    return true;
  }

  /** Stores the report and gives the lease back; returns what the refresh failed for. */
  async #failedHolding(grant: Grant | undefined, error: unknown): Promise<unknown> {
    const { lease, reports, logger, database } = this.#options;
    const lost = grant && (await whyLost(lease, grant).catch(() => null));
    const cause = this.#causeOf(lost ?? error);
    const report = this.#progress.failed(cause);
    const release = grant ? [lease.release(grant)] : [];
    try {
      await reports.save(report, ...release);
      await reports.prune();
    } catch (err) {
      logger.warn({ err }, 'the report could not be stored');
      // A full disk has room for that; without it, others would wait until this process counts as dead.
      await database.writeAtomically(release).catch(() => undefined);
    }
    this.#progress.fail(report);
    return cause;
  }

  /** What was under way fails in its own words when it is given up. */
  #causeOf(error: unknown): unknown {
    const { aborted, reason } = this.#abort.signal;
    return aborted ? reason : error;
  }
}

/** What stands around the statements of a refresh in its transaction. */
function transactionOf(lease: RefreshLease) {
  return (grant: Grant) => ({ first: [lease.fence(grant)], last: [lease.release(grant)] });
}
