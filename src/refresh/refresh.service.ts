import { EventEmitter, on } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefreshLeaseRow } from '../db/tables.js';
import { BadUserInputError, NotFoundError } from '../errors.js';
import { LeaseHeldError, type LeaseTimes, RefreshLease } from './lease.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import {
  endedReport,
  failureOf,
  logFailure,
  logSuccess,
  RefreshCancelledError,
  type RunningReport,
  stoppedError,
} from './report.js';
import { RefreshReports } from './repository.js';
import {
  type BegunRefresh,
  beginInDatabase,
  beginRefresh,
  finishRefresh,
  type RefreshKind,
  type RefreshParts,
  runDry,
  runRefresh,
} from './run-refresh.js';

export interface RefreshServiceOptions extends Omit<RefreshParts, 'lease' | 'reports'> {
  /** How many reports are kept. */
  keepReports?: number;
  times?: LeaseTimes;
  /** The longest that closing waits. */
  closeTimeoutMs?: number;
}

/** A refresh that a caller has started or joined. */
export interface RefreshHandle {
  /** As far as it is known now. */
  report: Refresh;
  joined: boolean;
  /** Resolves once it is known whether another process already runs one, which is then joined. */
  ready: Promise<Refresh>;
  /** Rejects with the cause of the failure. The picture is not waited for. */
  done: Promise<Refresh>;
}

/** The steps of refreshes until `return` is called. */
export type RefreshSteps = Required<AsyncIterator<[Refresh], undefined>>;

/** What this process runs, or waits for while another process runs it. */
interface Flight {
  kind: RefreshKind;
  abort: AbortController;
  report: Refresh;
  /** Whether it is known which process runs it. Until then the report may be of a refresh that will not run. */
  isKnown: boolean;
  setKnown(): void;
  /** Resolves when it is known which process runs it. */
  ready: Promise<unknown>;
  done: Promise<void>;
}

/**
 * One refresh at a time in all processes on the database (single flight): a caller joins the one that runs and gets its
 * report. A dry run may run beside it.
 */
export class RefreshService {
  readonly reports: RefreshReports;
  readonly #parts: RefreshParts;
  readonly #closeTimeoutMs: number;
  readonly #events = new EventEmitter<{ progress: [Refresh] }>().setMaxListeners(0);
  /** The refresh (false) and the dry run (true) that this process runs or waits for. */
  readonly #flights = new Map<boolean, Flight>();
  /** Reports that the database does not have, or not in their final form: of dry runs, and before the post-commit tasks are done. */
  readonly #unstored = new Map<string, Refresh>();
  #finishing: Promise<void> = Promise.resolve();
  /** Set by closing: why no more refreshes start. */
  #closed: RefreshCancelledError | null = null;
  #closing: Promise<void> | undefined;

  constructor(options: RefreshServiceOptions) {
    const { database, times, keepReports, closeTimeoutMs = 10_000 } = options;
    this.reports = new RefreshReports(database, keepReports);
    this.#parts = { ...options, lease: new RefreshLease(database, times), reports: this.reports };
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  /** `begun`: a refresh whose sources were asked before there was a database. */
  start(
    { dryRun = false, force = false, startedBy = 'local' }: Partial<RefreshKind> = {},
    begun?: BegunRefresh,
  ): RefreshHandle {
    if (this.#closed) throw this.#closed;
    const running = this.#flights.get(dryRun);
    const flight = running ?? this.#launch({ dryRun, force, startedBy }, begun);
    const joined = running !== undefined;
    const shown = () => ({ ...flight.report, joined: joined || flight.report.joined });
    return { report: flight.report, joined, ready: flight.ready.then(shown), done: quiet(flight.done.then(shown)) };
  }

  /** The same in a new process: begins in the database while it is still being migrated. Rejects when that fails. */
  async startEarly(kind: RefreshKind, begun: BegunRefresh, wereUpToDate: Promise<boolean>): Promise<RefreshHandle> {
    await beginInDatabase(this.#parts, begun, wereUpToDate);
    return this.start(kind, begun);
  }

  /** The refresh that runs in this process or another. */
  async running(): Promise<Refresh | null> {
    const flight = this.#flights.get(false);
    return flight?.isKnown ? flight.report : this.#parts.lease.running();
  }

  /** A running or past refresh of any process. */
  async find(id: string): Promise<Refresh | null> {
    const here = this.#flightOf(id)?.report ?? this.#unstored.get(id);
    if (here) return here;
    // Not every database accepts every text.
    if (!/^[\w-]{1,64}$/.test(id)) return null;
    const held = await this.#parts.lease.held();
    return held?.id === id ? held : this.reports.find(id);
  }

  /** The running refresh and past ones, newest first. */
  async newest(first: number): Promise<Refresh[]> {
    if (first < 1 || first > 1000) throw new BadUserInputError('first must be from 1 to 1000');
    const [running, past] = await Promise.all([this.running(), this.reports.newest(first)]);
    const current = past.map((report) => this.#unstored.get(report.id) ?? report);
    return running ? [running, ...current.filter(({ id }) => id !== running.id)].slice(0, first) : current;
  }

  /**
   * Ends a refresh of any process before its commit. The lease decides: when it is revoked the commit fails, and after
   * the commit it cannot be revoked.
   */
  async cancel(id: string): Promise<Refresh> {
    const running = await this.find(id);
    if (!running) throw new NotFoundError(`There is no refresh ${JSON.stringify(id)}`);
    const ended = new BadUserInputError(`The refresh ${JSON.stringify(id)} has already ended`);
    if (running.state !== RefreshState.RUNNING) throw ended;
    if (!running.dryRun && !(await this.#parts.lease.revoke(id))) throw ended;
    const cancelled = await this.#abort(id, running);
    if (!running.dryRun) await this.reports.save(cancelled);
    return cancelled;
  }

  /** Calls back at every step of the refreshes that this process runs or follows, until the returned function is called. */
  watch(listener: (report: Refresh) => void): () => void {
    this.#events.on('progress', listener);
    return () => this.#events.off('progress', listener);
  }

  /** The same as a stream. */
  steps(): RefreshSteps {
    return on(this.#events, 'progress') as AsyncIterator<[Refresh]> as RefreshSteps;
  }

  /** Resolves when the post-commit tasks of the last refresh are done, the picture among them. */
  async drawn(): Promise<void> {
    await this.#finishing;
  }

  /** Ends what runs before its commit, or waits for it, up to a limit. Nothing starts afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = stoppedError();
    const flights = [...this.#flights.values()];
    for (const flight of flights) flight.abort.abort(this.#closed);
    const ended = Promise.allSettled(flights.map(({ done }) => done)).then(() => this.#finishing);
    await Promise.race([ended, sleep(this.#closeTimeoutMs, undefined, { ref: false })]);
  }

  #flightOf(id: string): Flight | undefined {
    return [...this.#flights.values()].find(({ report }) => report.id === id);
  }

  #launch(kind: RefreshKind, begun = beginRefresh(this.#parts.sources, kind)): Flight {
    const flight = { kind, abort: begun.abort, report: begun.progress.report, isKnown: false } as Flight;
    const known = new Promise<void>((resolve) => {
      flight.setKnown = resolve;
    });
    this.#flights.set(kind.dryRun, flight);
    flight.done = quiet(this.#fly(flight, begun).finally(() => this.#flights.delete(kind.dryRun)));
    flight.ready = Promise.race([known, flight.done.catch(() => undefined)]);
    return flight;
  }

  async #fly(flight: Flight, begun: BegunRefresh): Promise<void> {
    const { logger } = this.#parts;
    try {
      if (flight.kind.dryRun) await this.#runDry(flight, begun);
      else await this.#runOrFollow(flight, begun);
    } catch (error) {
      logFailure(logger, flight.report, error);
      throw error;
    }
    logSuccess(logger, flight.report);
  }

  async #runDry(flight: Flight, begun: BegunRefresh): Promise<void> {
    begun.progress.onChange = (report) => this.#tell(report);
    this.#show(flight, begun.progress.report);
    await runDry(this.#parts, begun).finally(() => this.#keepDryRun(flight.report));
  }

  /** When the process that it follows dies, one of the waiting processes runs the next one, and the others follow that. */
  async #runOrFollow(flight: Flight, first: BegunRefresh): Promise<void> {
    for (let begun = first, dead: RefreshLeaseRow | null = null; ; ) {
      const { progress } = begun;
      progress.onChange = (report) => {
        if (flight.isKnown && flight.report === report) this.#tell(report);
      };
      try {
        await runRefresh(this.#parts, begun, dead, () => this.#show(flight, progress.report));
        return this.#finish(progress);
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error;
        dead = await this.#follow(flight, error.row);
        if (dead === null) return;
        begun = beginRefresh(this.#parts.sources, flight.kind, flight.abort);
      }
    }
  }

  /** Until the refresh of another process has ended. Returns the lease if that has become free, or its holder has died. */
  #follow(flight: Flight, holder: RefreshLeaseRow): Promise<RefreshLeaseRow | null> {
    const { database, lease } = this.#parts;
    const onReport = (report: Refresh) => this.#show(flight, { ...report, joined: true });
    const following = lease.follow(holder, flight.abort.signal, onReport);
    // Callers that waited for it see its data at once.
    return following.finally(() => database.dataVersion.invalidate());
  }

  #show(flight: Flight, report: Refresh): void {
    flight.report = report;
    if (!flight.isKnown) {
      this.#parts.logger.info({ refresh: report.id, joined: report.joined, ...flight.kind }, 'refresh started');
      flight.isKnown = true;
      flight.setKnown();
    }
    this.#tell(report);
  }

  #finish(progress: RunningReport): void {
    const { report } = progress;
    this.#unstored.set(report.id, report);
    this.#finishing = this.#finishing
      .then(() => finishRefresh(this.#parts, progress))
      .finally(() => this.#unstored.delete(report.id));
  }

  #keepDryRun(report: Refresh): void {
    this.#unstored.set(report.id, report);
    const [oldest] = [...this.#unstored.values()].filter(({ dryRun }) => dryRun);
    if (oldest && this.#unstored.size > MAX_DRY_RUNS) this.#unstored.delete(oldest.id);
  }

  /** Returns the report of a cancelled refresh. Another process learns of it by its next heartbeat. */
  async #abort(id: string, running: Refresh): Promise<Refresh> {
    const cause = new RefreshCancelledError();
    const flight = this.#flightOf(id);
    if (flight && !flight.report.joined) {
      flight.abort.abort(cause);
      await flight.done.catch(() => undefined);
      return flight.report;
    }
    return endedReport(running, RefreshState.CANCELLED, failureOf(cause));
  }

  #tell(report: Refresh): void {
    if (this.#events.listenerCount('progress') === 0) return;
    // A copy, because the report goes on changing. Of its parts, only the phases are changed in place.
    const phases = report.phases.map((phase) => ({ ...phase }));
    this.#events.emit('progress', { ...report, phases });
  }
}

/** How many reports of dry runs are kept in memory. */
const MAX_DRY_RUNS = 20;

/** Avoids an unhandled rejection when the caller does not wait. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
