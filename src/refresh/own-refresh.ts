import { whileOpening } from '../db/opening.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { Logger } from '../logger.js';
import { reportAbandoned } from './abandoned.js';
import { finishOff } from './after-refresh.js';
import {
  type Grant,
  HeldByAnother,
  type LeaseTimes,
  type RefreshLease,
  startHeartbeat,
  whyLost,
} from './lease.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import type { RunOptions, Transaction } from './refresh-run.js';
import type { RefreshProgress } from './report.js';
import type { Run, Runner, RunParts } from './runner.js';

export interface OwnOptions extends Omit<RunOptions, 'isRehearsed'> {
  logger: Pick<Logger, 'warn'>;
  times: LeaseTimes;
  /** Whether the first is rehearsed: where nobody else waits for this thread. */
  rehearses?: boolean;
  /** Draws what the database holds now. Called after the commit. */
  draw: (report: Refresh) => Promise<void>;
}

/** Runs refreshes on its own thread. */
export class OwnRunner implements Runner {
  readonly #options: OwnOptions;
  #hasBegun = false;

  constructor(options: OwnOptions) {
    this.#options = options;
  }

  get begunAt(): number | undefined {
    return this.#options.sources.askedAt;
  }

  begin(parts: RunParts): Run {
    const isRehearsed = this.#options.rehearses === true && !this.#hasBegun;
    this.#hasBegun = true;
    return new OwnRefresh({ ...this.#options, ...parts, isRehearsed });
  }
}

class OwnRefresh implements Run {
  readonly #options: OwnOptions & RunOptions & RunParts;
  readonly #progress: RefreshProgress;
  readonly #abort: AbortController;

  constructor(options: OwnOptions & RunOptions & RunParts) {
    this.#options = options;
    this.#progress = options.progress;
    this.#abort = options.abort;
  }

  async withoutWriting(): Promise<Refresh> {
    const progress = this.#progress;
    try {
      await this.#refresh(null);
    } catch (error) {
      const cause = this.#causeOf(error);
      progress.fail(progress.failed(cause));
      throw cause;
    }
    return progress.report;
  }

  /** The lease is asked for while the sources answer: whoever does not get it gives the fetching up. */
  async holdingTheLease(dead: RefreshLeaseRow | undefined, onGranted: () => void): Promise<Refresh> {
    const { lease, times, reports, logger, opening } = this.#options;
    const progress = this.#progress;
    let grant: Grant | undefined;
    let stopHeartbeat = () => {};
    const acquire = async () => {
      grant = await lease.acquire(progress.report, dead);
      return grant;
    };
    const granted = whileOpening(opening, acquire).then(async (it) => {
      const onLost = (cause: Error) => this.#abort.abort(cause);
      stopHeartbeat = startHeartbeat(lease, it, { ...times, report: progress.report, onLost });
      onGranted();
      if (it.abandoned) await reportAbandoned(it.abandoned, reports, logger);
      return it;
    });
    try {
      await this.#refresh(granted.then(transactionOf(lease)));
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

  finishOff(): Promise<void> {
    return finishOff(this.#progress, this.#options);
  }

  /** Loaded with the first refresh, whose sources are under way by then. */
  async #refresh(transaction: Promise<Transaction> | null): Promise<void> {
    // It is awaited later; until then its failure must not end the process.
    transaction?.catch(() => undefined);
    const { runRefresh } = await import('./refresh-run.js');
    await runRefresh(this.#options, this.#progress, this.#abort.signal, transaction);
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
