import { randomUUID } from 'node:crypto';
import { AppError, DatabaseUnavailableError } from '../errors.js';
import type { WarningCode } from '../sources/source.js';
import { PhaseName, PhaseState, RefreshState } from './phases.js';
import type { Refresh, RefreshPhase } from './refresh.type.js';
import { RefreshCancelledError } from './refresh-errors.js';

/** How much of the whole each phase is, roughly as it lasts. The picture comes after the end and counts for nothing. */
const WEIGHTS: Readonly<Record<PhaseName, number>> = {
  FETCH_COUNTRIES: 0.25,
  FETCH_RATES: 0.2,
  FETCH_GDP: 0.25,
  MERGE: 0.05,
  STORE: 0.25,
  DRAW: 0,
};

/** The report of a refresh while it is written; whoever listens is told of every step. */
export class RefreshProgress {
  readonly report: Refresh;
  readonly #onChange: (report: Refresh) => void;
  readonly #begun = new Map<PhaseName, number>();
  readonly #begunAt: number;

  /** Goes on with a report that has been begun, here or on another thread. */
  constructor(report: Refresh, onChange: (report: Refresh) => void) {
    this.#onChange = onChange;
    // Each thread has a clock of its own.
    this.#begunAt = performance.now() - (Date.now() - Date.parse(report.startedAt));
    this.report = report;
  }

  /** `begunAt`: where something of it was begun earlier, on the clock of `performance.now`. */
  static begin(
    kind: Pick<Refresh, 'dryRun' | 'startedBy'>,
    onChange: (report: Refresh) => void,
    begunAt = performance.now(),
  ): RefreshProgress {
    const startedAt = new Date(Date.now() - (performance.now() - begunAt));
    return new RefreshProgress(newReport(kind, startedAt), onChange);
  }

  begin(name: PhaseName, total: number | null = null, begunAt = performance.now()): void {
    this.#begun.set(name, begunAt);
    this.#change(name, { state: PhaseState.RUNNING, total });
  }

  advance(name: PhaseName, done: number): void {
    this.#change(name, { done });
  }

  end(name: PhaseName, state: PhaseState, done?: number): void {
    const begun = this.#begun.get(name);
    const durationMs = begun === undefined ? null : Math.round(performance.now() - begun);
    this.#change(name, { state, durationMs, ...(done === undefined ? {} : { done, total: done }) });
  }

  warn(code: WarningCode, message: string): void {
    this.report.warnings = [...this.report.warnings, { code, country: null, currency: null, message }];
  }

  /** The report as it will be when the writing has succeeded. */
  finished(): Refresh {
    const stored = { name: PhaseName.STORE, state: PhaseState.DONE };
    const phases = this.report.phases.map((phase) =>
      phase.name === stored.name ? { ...phase, ...stored } : phase,
    );
    return { ...this.report, ...this.#end(RefreshState.SUCCEEDED), phases, progress: 1 };
  }

  succeed(): void {
    Object.assign(this.report, this.#end(RefreshState.SUCCEEDED), { progress: 1 });
    this.#onChange(this.report);
  }

  /** The report as it will be when the refresh has ended with this error. */
  failed(error: unknown): Refresh {
    const state = error instanceof RefreshCancelledError ? RefreshState.CANCELLED : RefreshState.FAILED;
    const phases = this.report.phases.map(ended);
    return { ...this.report, ...this.#end(state), phases, failure: failureOf(error) };
  }

  /** Ends with a report that is stored by now: whoever hears of it may begin the next refresh. */
  fail(report: Refresh): void {
    this.take(report);
  }

  /** What has changed where it runs. */
  take(changes: Partial<Refresh>): void {
    Object.assign(this.report, changes);
    this.#onChange(this.report);
  }

  #end(state: RefreshState): Pick<Refresh, 'state' | 'durationMs' | 'finishedAt'> {
    const durationMs = Math.round(performance.now() - this.#begunAt);
    return { state, durationMs, finishedAt: new Date().toISOString() };
  }

  #change(name: PhaseName, change: Partial<RefreshPhase>): void {
    const phase = this.report.phases.find((it) => it.name === name);
    Object.assign(phase as RefreshPhase, change);
    this.report.progress = Math.max(this.report.progress, overall(this.report.phases));
    this.#onChange(this.report);
  }
}

function newReport({ dryRun, startedBy }: Pick<Refresh, 'dryRun' | 'startedBy'>, startedAt: Date): Refresh {
  return {
    id: randomUUID(),
    state: RefreshState.RUNNING,
    dryRun,
    joined: false,
    startedBy,
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    durationMs: null,
    progress: 0,
    phases: Object.values(PhaseName).map(waitingPhase),
    received: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    missing: 0,
    excluded: 0,
    insertedCodes: [],
    missingCodes: [],
    fields: [],
    sources: [],
    warnings: [],
    failure: null,
  };
}

function waitingPhase(name: PhaseName): RefreshPhase {
  return { name, state: PhaseState.WAITING, durationMs: null, done: 0, total: null };
}

function ended(phase: RefreshPhase): RefreshPhase {
  if (phase.state === PhaseState.RUNNING) return { ...phase, state: PhaseState.FAILED };
  if (phase.state === PhaseState.WAITING) return { ...phase, state: PhaseState.SKIPPED };
  return phase;
}

function overall(phases: readonly RefreshPhase[]): number {
  const sum = phases.reduce((total, phase) => total + WEIGHTS[phase.name] * share(phase), 0);
  // Only a refresh that has ended is at 1.
  return Math.min(0.99, Math.round(sum * 100) / 100);
}

function share({ state, done, total }: RefreshPhase): number {
  // Nor is what failed done: a refresh that is cancelled while it fetches has come no further by that.
  if (state === PhaseState.WAITING || state === PhaseState.FAILED) return 0;
  if (state === PhaseState.RUNNING) return total ? Math.min(1, done / total) : 0;
  return 1;
}

function failureOf(error: unknown) {
  if (error instanceof DatabaseUnavailableError) {
    return { code: error.code, message: 'The database was not available; the log says why', details: null };
  }
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: error.details ?? null };
  }
  return { code: 'INTERNAL_SERVER_ERROR', message: 'The refresh failed; the log says why', details: null };
}
