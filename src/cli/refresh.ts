import { Presets, SingleBar } from 'cli-progress';
import type { Logger } from '../logger.js';
import type { RefreshService, StartOptions } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';
import { PhaseState } from '../refresh/refresh-phase.js';
import { onStopSignal } from '../signals.js';
import { withContext } from './with-context.js';

/** One refresh, watched: a bar on a terminal, the log elsewhere. Rejects when it fails, so the exit code tells cron. */
export async function refreshOnce(options: StartOptions): Promise<void> {
  await withContext(async ({ services: { refreshes }, logger }) => {
    const stopBar = process.stderr.isTTY ? showBar(refreshes) : () => undefined;
    if (process.stderr.isTTY) failQuietly(refreshes, logger);
    onStopSignal(() => {
      stopBar();
      void refreshes.close();
    });
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

/** What it failed for is the command's last line; the log would say it once more. */
function failQuietly(refreshes: RefreshService, logger: Logger): void {
  refreshes.watch(({ failure }) => {
    if (failure) logger.level = 'silent';
  });
}

function phaseOf({ phases }: Refresh): string {
  const running = phases.filter((phase) => phase.state === PhaseState.RUNNING);
  return running.map((phase) => phase.name.toLowerCase().replace('_', ' ')).join(', ');
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
