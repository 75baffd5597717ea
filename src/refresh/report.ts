import { randomUUID } from 'node:crypto';
import { chunk } from '../db/write.js';
import { AppError, DatabaseUnavailableError } from '../errors.js';
import type { Logger } from '../logger.js';
import { Figures } from '../provenance/credits.js';
import type { SourceAnswer, Warning, WarningCode } from '../sources/source.js';
import type { Fetched, Merged, Stored } from './model.js';
import { PhaseName, PhaseState, RefreshState } from './phases.js';
import type { Refresh, RefreshFailure, RefreshPhase, SourceUse } from './refresh.type.js';

/** The share of each phase in the whole, roughly by its duration. The picture is drawn after the end and does not count. */
const WEIGHTS: Readonly<Record<PhaseName, number>> = {
  FETCH_COUNTRIES: 0.25,
  FETCH_RATES: 0.2,
  FETCH_GDP: 0.25,
  MERGE: 0.05,
  STORE: 0.25,
  DRAW: 0,
};

/**
 * The report of a refresh while it runs. Once it has ended, its times, counts and phases stay as they are; only what
 * follows the commit is added: how long STORE took, and the phase DRAW.
 */
export class RunningReport {
  readonly report: Refresh;
  onChange: (report: Refresh) => void = () => undefined;
  readonly #startedAt = performance.now();
  readonly #phasesStartedAt = new Map<PhaseName, number>();

  constructor(kind: Pick<Refresh, 'dryRun' | 'startedBy'>) {
    this.report = newReport(kind);
  }

  begin(name: PhaseName, total: number | null = null): void {
    this.#phasesStartedAt.set(name, performance.now());
    this.#change(name, { state: PhaseState.RUNNING, total });
  }

  advance(name: PhaseName, done: number): void {
    this.#change(name, { done });
  }

  end(name: PhaseName, state: PhaseState, done?: number): void {
    const startedAt = this.#phasesStartedAt.get(name);
    const durationMs = startedAt === undefined ? null : Math.round(performance.now() - startedAt);
    this.#change(name, { state, durationMs, ...(done === undefined ? {} : { done, total: done }) });
  }

  warn(code: WarningCode, message: string): void {
    this.report.warnings = [...this.report.warnings, { code, country: null, currency: null, message }];
  }

  /** What the refresh changes, and where it comes from. */
  describe(stored: Stored, fetched: Fetched, { counts, warnings }: Merged): void {
    Object.assign(this.report, counts, { warnings: bounded(warnings), sources: sourcesOf(fetched, stored) });
  }

  /** The report of the success, as the transaction stores it. */
  succeeded(): Refresh {
    const phases = this.report.phases.map((phase) =>
      phase.name === PhaseName.STORE ? { ...phase, state: PhaseState.DONE } : phase,
    );
    return { ...this.report, ...this.#end(RefreshState.SUCCEEDED), phases, progress: 1 };
  }

  failed(error: unknown): Refresh {
    const state = error instanceof RefreshCancelledError ? RefreshState.CANCELLED : RefreshState.FAILED;
    const phases = this.report.phases.map(ended);
    return { ...this.report, ...this.#end(state), phases, failure: failureOf(error) };
  }

  /** Ends with the report that was stored. Listeners may start the next refresh. */
  finish({ state, finishedAt, durationMs, progress, phases, failure }: Refresh): void {
    if (state !== RefreshState.SUCCEEDED) this.report.phases = phases;
    Object.assign(this.report, { state, finishedAt, durationMs, progress, failure });
    this.onChange(this.report);
  }

  #end(state: RefreshState): Pick<Refresh, 'state' | 'durationMs' | 'finishedAt'> {
    const durationMs = Math.round(performance.now() - this.#startedAt);
    return { state, durationMs, finishedAt: new Date().toISOString() };
  }

  #change(name: PhaseName, change: Partial<RefreshPhase>): void {
    // A request that is aborted may fail after the refresh has ended.
    if (this.report.state !== RefreshState.RUNNING && name !== PhaseName.DRAW) return;
    const phase = this.report.phases.find((it) => it.name === name);
    Object.assign(phase as RefreshPhase, change);
    this.report.progress = Math.max(this.report.progress, overall(this.report.phases));
    this.onChange(this.report);
  }
}

function newReport({ dryRun, startedBy }: Pick<Refresh, 'dryRun' | 'startedBy'>): Refresh {
  const waiting = { state: PhaseState.WAITING, durationMs: null, done: 0, total: null };
  return {
    id: randomUUID(),
    state: RefreshState.RUNNING,
    dryRun,
    joined: false,
    startedBy,
    startedAt: new Date().toISOString(),
    finishedAt: null,
    durationMs: null,
    progress: 0,
    phases: Object.values(PhaseName).map((name) => ({ name, ...waiting })),
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

/** The report of a refresh that another process has ended, or that has died with its process. */
export function endedReport(running: Refresh, state: RefreshState, failure: RefreshFailure): Refresh {
  const finishedAt = new Date().toISOString();
  // The clock of the process that ran it may differ.
  const durationMs = Math.max(0, Date.parse(finishedAt) - Date.parse(running.startedAt));
  const phases = running.phases.map(ended);
  return { ...running, joined: false, state, finishedAt, durationMs, phases, failure };
}

/** What became of a refresh whose process has died. */
export function abandonedReport(running: Refresh, takenOverBy?: string): Refresh {
  const details = takenOverBy === undefined ? null : `The refresh ${takenOverBy} has taken over`;
  const failure = { code: 'ABANDONED', message: 'The process that ran it has ended', details };
  const report = endedReport(running, RefreshState.FAILED, failure);
  return takenOverBy === undefined ? report : { ...report, takenOverBy };
}

function ended(phase: RefreshPhase): RefreshPhase {
  if (phase.state === PhaseState.RUNNING) return { ...phase, state: PhaseState.FAILED };
  if (phase.state === PhaseState.WAITING) return { ...phase, state: PhaseState.SKIPPED };
  return phase;
}

function overall(phases: readonly RefreshPhase[]): number {
  const sum = phases.reduce((total, phase) => total + WEIGHTS[phase.name] * share(phase), 0);
  // Only a finished refresh is at 1.
  return Math.min(0.99, Math.round(sum * 100) / 100);
}

function share({ state, done, total }: RefreshPhase): number {
  // A failed phase adds nothing: cancelling a refresh does not advance it.
  if (state === PhaseState.WAITING || state === PhaseState.FAILED) return 0;
  if (state === PhaseState.RUNNING) return total ? Math.min(1, done / total) : 0;
  return 1;
}

/** A faulty source must not fill the database with warnings, nor make a report too large for the database server. */
const MAX_WARNINGS = 500;
const MAX_WARNING_BYTES = 24_000;

function bounded(warnings: Warning[]): Warning[] {
  const [kept = []] = chunk(warnings, MAX_WARNINGS, MAX_WARNING_BYTES);
  const left = warnings.length - kept.length;
  if (left === 0) return warnings;
  const message = `${left} more warnings are not kept`;
  return [...kept, { code: 'MORE_WARNINGS', country: null, currency: null, message }];
}

/** Stored GDP figures that were kept are still those of their source. */
function sourcesOf({ countries, rates, gdp }: Fetched, stored: Stored): SourceUse[] {
  const gdpBefore = stored.sources.filter((use) => use.provides === Figures.GDP);
  return [
    useOf(Figures.COUNTRIES, countries),
    useOf(Figures.RATES, rates),
    ...(gdp ? [useOf(Figures.GDP, gdp)] : gdpBefore.map((use) => ({ ...use, reused: true }))),
  ];
}

function useOf(provides: Figures, { use, reused = false }: SourceAnswer<unknown>): SourceUse {
  return { provides, ...use, reused };
}

/** The refresh was stopped before its commit. */
export class RefreshCancelledError extends AppError {
  constructor(message = 'The refresh was cancelled') {
    super('REFRESH_CANCELLED', message);
  }
}

/** The refresh was stopped because its process is shutting down. */
export function stoppedError(): RefreshCancelledError {
  return new RefreshCancelledError('The process that ran it was stopped');
}

/** The lease expired without a heartbeat and went to another process. */
export class RefreshTakenOverError extends AppError {
  constructor() {
    super(
      'REFRESH_TAKEN_OVER',
      'Another process took the refresh over because this one sent no heartbeat for too long',
    );
  }
}

export function failureOf(error: unknown): RefreshFailure {
  if (error instanceof DatabaseUnavailableError) {
    return { code: error.code, message: 'The database was not available; see the log', details: null };
  }
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: error.details ?? null };
  }
  return { code: 'INTERNAL_SERVER_ERROR', message: 'The refresh failed; see the log', details: null };
}

/** The failure of a refresh that another process ran. */
export function errorOf({ failure }: Refresh): AppError {
  if (!failure) return new AppError('INTERNAL_SERVER_ERROR', 'The refresh failed');
  const { code, message, details } = failure;
  return new AppError(code as AppError['code'], message, details === null ? {} : { details });
}

/** Warnings about whole sources; those about single records are in the report alone. */
const SOURCE_WARNINGS: ReadonlySet<string> = new Set([
  'SOURCE_UNAVAILABLE',
  'SOURCE_SHRUNK',
  'FIGURES_SHIFTED',
  'RATES_INVERTED',
  'OLDER_RATES',
  'MORE_WARNINGS',
]);

/** Whether the answer of a source was missing or left out, and something else is used in its place. */
export function isPartial({ warnings }: Pick<Refresh, 'warnings'>): boolean {
  return warnings.some(({ code }) => SOURCE_WARNINGS.has(code));
}

/** By how much the clocks of machines are expected to differ. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * How long ago a refresh ended, by the clock of this process. Null without one, and when it would be in the future: then
 * this clock is wrong, or that of the machine that ran it.
 */
export function ageOf(refreshedAt: string | null, now = Date.now()): number | null {
  if (refreshedAt === null) return null;
  const ageMs = now - Date.parse(refreshedAt);
  return ageMs < -MAX_SKEW_MS ? null : Math.max(0, ageMs);
}

export function logSuccess(logger: Logger, report: Refresh): void {
  const { id, joined, dryRun, durationMs, received, inserted, updated, unchanged, warnings } = report;
  const counts = { received, inserted, updated, unchanged, warnings: warnings.length };
  for (const { code, message } of warnings) {
    if (SOURCE_WARNINGS.has(code) || code === 'CLOCK_DIFFERS') logger.warn({ refresh: id, code }, message);
  }
  logger.info({ refresh: id, joined, dryRun, durationMs, ...counts }, 'refresh done');
}

export function logFailure(logger: Logger, { id: refresh, joined, failure }: Refresh, error: unknown): void {
  // The details of an unavailable source explain it; an internal error needs its stack.
  if (error instanceof RefreshCancelledError) logger.warn({ refresh, ...failure }, 'refresh cancelled');
  else if (error instanceof DatabaseUnavailableError) logger.error({ refresh, err: error }, 'refresh failed');
  else if (error instanceof AppError) logger.error({ refresh, joined, ...failure }, 'refresh failed');
  else logger.error({ refresh, err: error }, 'refresh failed');
}
