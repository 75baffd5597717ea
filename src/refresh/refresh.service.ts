import { EventEmitter } from 'node:events';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import { RefreshProgress } from './progress.js';
import { PhaseName, PhaseState, type Refresh } from './refresh.type.js';
import { type RunOptions, runRefresh } from './refresh-run.js';
import { RefreshReports } from './reports.js';

export interface RefreshServiceOptions extends RunOptions {
  logger: Logger;
  /** Draws what the database holds now. Called after the commit. */
  draw: (report: Refresh) => Promise<void>;
}

/** A refresh that a caller has started or joined. */
export interface RefreshHandle {
  report: Refresh;
  joined: boolean;
  /** Rejects with what the refresh failed for. The picture is not waited for. */
  done: Promise<Refresh>;
}

interface Running {
  report: Refresh;
  done: Promise<Refresh>;
}

/** One refresh at a time: whoever asks while one runs joins it and gets the same report. */
export class RefreshService {
  readonly reports: RefreshReports;
  readonly #options: RefreshServiceOptions;
  readonly #events = new EventEmitter<{ progress: [Refresh] }>();
  readonly #stop = new AbortController();
  #running: Running | null = null;
  #drawing: Promise<void> = Promise.resolve();

  constructor(options: RefreshServiceOptions) {
    this.#options = options;
    this.reports = new RefreshReports(options.database);
  }

  get running(): Refresh | null {
    return this.#running?.report ?? null;
  }

  start({ dryRun = false } = {}): RefreshHandle {
    const joined = this.#running !== null;
    this.#running ??= this.#begin(dryRun);
    return { ...this.#running, joined };
  }

  /** Tells of every step of every refresh until the returned function is called. */
  watch(listener: (report: Refresh) => void): () => void {
    this.#events.on('progress', listener);
    return () => this.#events.off('progress', listener);
  }

  /** Waits for the picture of the last refresh. */
  async drawn(): Promise<void> {
    await this.#drawing;
  }

  /** Ends a running refresh before its commit, or waits for it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running?.done.catch(() => undefined);
    await this.#drawing;
  }

  #begin(dryRun: boolean): Running {
    const progress = new RefreshProgress(dryRun, (report) => this.#events.emit('progress', report));
    const done = this.#run(progress).finally(() => {
      this.#running = null;
    });
    // A caller that does not wait must not bring the process down.
    done.catch(() => undefined);
    return { report: progress.report, done };
  }

  async #run(progress: RefreshProgress): Promise<Refresh> {
    const { logger } = this.#options;
    const { report } = progress;
    logger.info({ refresh: report.id, dryRun: report.dryRun }, 'refresh started');
    try {
      await runRefresh(this.#options, progress, this.#stop.signal);
    } catch (error) {
      progress.fail(error);
      await this.#afterFailure(report, error);
      throw error;
    }
    this.#afterSuccess(progress);
    return report;
  }

  async #afterFailure(report: Refresh, error: unknown): Promise<void> {
    const { logger } = this.#options;
    const { id, failure } = report;
    // What is known of a source that failed is in its details; a fault of ours needs its stack.
    if (error instanceof AppError) logger.error({ refresh: id, ...failure }, 'refresh failed');
    else logger.error({ refresh: id, err: error }, 'refresh failed');
    if (report.dryRun) return;
    await this.reports.save(report).catch((err) => logger.warn({ err }, 'the report could not be stored'));
  }

  #afterSuccess(progress: RefreshProgress): void {
    const { id, dryRun, durationMs, received, inserted, updated, unchanged, warnings } = progress.report;
    const counts = { received, inserted, updated, unchanged, warnings: warnings.length };
    this.#options.logger.info({ refresh: id, dryRun, durationMs, ...counts }, 'refresh done');
    if (!dryRun) this.#drawing = this.#drawing.then(() => this.#draw(progress));
  }

  /** The picture is decoration: when it fails, the refresh has happened all the same. */
  async #draw(progress: RefreshProgress): Promise<void> {
    const { logger, draw } = this.#options;
    progress.begin(PhaseName.DRAW);
    try {
      await draw(progress.report);
      progress.end(PhaseName.DRAW, PhaseState.DONE);
    } catch (err) {
      logger.warn({ err }, 'the summary picture could not be drawn');
      progress.end(PhaseName.DRAW, PhaseState.FAILED);
      progress.warn('PICTURE_FAILED', `The summary picture could not be drawn: ${(err as Error).message}`);
    }
    await this.reports
      .save(progress.report)
      .catch((err) => logger.warn({ err }, 'the report could not be stored'));
  }
}
