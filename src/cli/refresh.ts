import { Presets, SingleBar } from 'cli-progress';
import type { RefreshService, StartOptions } from '../refresh/refresh.service.js';
import { PhaseState, type Refresh } from '../refresh/refresh.type.js';
import { withContext } from './with-context.js';

/** One refresh, watched: a bar on a terminal, the log elsewhere. Rejects when it fails, so the exit code tells cron. */
export async function refreshOnce(options: StartOptions): Promise<void> {
  await withContext(async ({ services: { refreshes } }) => {
    const stopBar = process.stdout.isTTY ? showBar(refreshes) : () => undefined;
    stopOnSignals(refreshes);
    try {
      const report = await refreshes.start({ ...options, startedBy: 'command line' }).done;
      stopBar();
      process.stdout.write(summary(report));
      await refreshes.drawn();
    } finally {
      stopBar();
    }
  });
}

function showBar(refreshes: RefreshService): () => void {
  const bar = new SingleBar(
    { format: '{bar} {percentage} % {phase}', hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(1, 0, { phase: '' });
  const stopWatching = refreshes.watch((report) => bar.update(report.progress, { phase: phaseOf(report) }));
  return () => {
    stopWatching();
    bar.stop();
  };
}

function phaseOf({ phases }: Refresh): string {
  const running = phases.filter((phase) => phase.state === PhaseState.RUNNING);
  return running.map((phase) => phase.name.toLowerCase().replace('_', ' ')).join(', ');
}

function stopOnSignals(refreshes: RefreshService): void {
  const stop = () => void refreshes.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

function summary({ id, joined, dryRun, durationMs, sources, warnings, ...counts }: Refresh): string {
  const { inserted, updated, unchanged, rejected, missing } = counts;
  const lines = [
    `${dryRun ? 'Dry run, nothing written' : joined ? 'Refreshed by another process' : 'Refreshed'} in ${durationMs} ms: ${inserted} inserted, ${updated} updated, ` +
      `${unchanged} unchanged, ${rejected} rejected, ${missing} missing`,
    `  report: ${id}`,
    ...sources.map(
      (use) =>
        `  ${use.provides.toLowerCase()}: ${use.source}${use.bundled ? ' (bundled)' : ''}, ${use.observedAt ?? 'no date'}`,
    ),
    ...warnings.slice(0, 10).map((warning) => `  warning ${warning.code}: ${warning.message}`),
    ...(warnings.length > 10 ? [`  and ${warnings.length - 10} more warnings`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
