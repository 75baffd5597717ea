import { Counter, Gauge, type Registry } from 'prom-client';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';
import { PhaseName, PhaseState } from '../refresh/refresh-phase.js';
import { RefreshState } from '../refresh/refresh-state.js';

const ENDS = [RefreshState.SUCCEEDED, RefreshState.FAILED, RefreshState.CANCELLED];
const ROWS = ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing', 'excluded'] as const;

/**
 * The refreshes that this process runs: of those that it joins the other process tells, and dry runs change nothing.
 * It watches as long as the service lives.
 */
export function watchRefreshes(registry: Registry, refreshes: RefreshService): void {
  const figures = createFigures([registry]);
  // Those with a phase that has not ended; the picture is drawn after the end of the refresh.
  const underWay = new Map<string, Refresh>();
  refreshes.watch((report) => {
    if (report.joined || report.dryRun) return;
    const before = underWay.get(report.id);
    // A source that is given up may still say something after the end.
    if (!before && report.state !== RefreshState.RUNNING) return;
    countPhases(figures, before, report);
    if (report.state !== RefreshState.RUNNING && before?.state === RefreshState.RUNNING) {
      figures.ended.inc({ state: report.state });
      for (const outcome of ROWS) figures.rows.inc({ outcome }, report[outcome]);
    }
    if (report.phases.every(hasEnded)) underWay.delete(report.id);
    else underWay.set(report.id, report);
  });
}

type Figures = ReturnType<typeof createFigures>;

function createFigures(registers: Registry[]) {
  const ended = new Counter({
    name: 'country_exchange_refreshes_total',
    help: 'Refreshes that this process ran, by how they ended.',
    labelNames: ['state'] as const,
    registers,
  });
  // What has not been counted yet would be missing, and the first of it no increase.
  for (const state of ENDS) ended.inc({ state }, 0);
  const rows = new Counter({
    name: 'country_exchange_refresh_rows_total',
    help: 'Countries in the refreshes that this process ran, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ROWS) rows.inc({ outcome }, 0);
  const phases = new Counter({
    name: 'country_exchange_refresh_phases_total',
    help: 'Phases of the refreshes that this process ran, by how they ended.',
    labelNames: ['phase', 'state'] as const,
    registers,
  });
  for (const phase of Object.values(PhaseName)) phases.inc({ phase, state: PhaseState.FAILED }, 0);
  const phaseSeconds = new Gauge({
    name: 'country_exchange_refresh_phase_duration_seconds',
    help: 'How long each phase of the last refresh took.',
    labelNames: ['phase'] as const,
    registers,
  });
  return { ended, rows, phases, phaseSeconds };
}

function countPhases(
  { phases, phaseSeconds }: Figures,
  before: Refresh | undefined,
  { phases: now }: Refresh,
) {
  now.forEach((phase, index) => {
    const was = before?.phases[index];
    if (!hasEnded(phase) || (was && hasEnded(was))) return;
    phases.inc({ phase: phase.name, state: phase.state });
    if (phase.durationMs !== null) phaseSeconds.set({ phase: phase.name }, phase.durationMs / 1000);
  });
}

function hasEnded({ state }: Refresh['phases'][number]): boolean {
  return state !== PhaseState.WAITING && state !== PhaseState.RUNNING;
}
