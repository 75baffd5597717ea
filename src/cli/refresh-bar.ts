import { Presets, SingleBar } from 'cli-progress';
import { PhaseState } from '../refresh/phases.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';

/** Shows how far a refresh has come, until the returned function is called. */
export function showBar(refreshes: RefreshService): () => void {
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
