import { daysIn } from '../days.js';
import type { Logger } from '../logger.js';
import { type BackfillProgress, type BackfillReport, backfill } from '../refresh/backfill.js';
import { exitFor, onStopSignal } from '../shutdown.js';
import { createSources } from '../sources/sources.js';
import { EXIT_PARTIAL, withDatabase } from './context.js';
import { ProgressBar } from './progress-bar.js';

/**
 * Adds past days to the rate history, with a progress bar on a terminal and a log line for each request elsewhere. The
 * exit code is 1 when none of the days could be had, and 2 when some could not.
 */
export async function backfillRates(
  from: string,
  to: string | undefined,
  again: boolean,
  quiet: boolean,
): Promise<void> {
  await withDatabase(async ({ config, database, logger }) => {
    await database.migrate();
    const sources = createSources(config.sources);
    const { onSpan, stop } =
      process.stderr.isTTY && !quiet ? showBar() : { onSpan: logSpan(logger), stop: () => undefined };
    onStopSignal((signal) => {
      stop();
      exitFor(signal);
    });
    try {
      const { batchSize } = config.refresh;
      const report = await backfill({ database, sources, batchSize, from, to, again, onSpan });
      stop();
      if (!quiet) process.stdout.write(summary(report));
      process.exitCode = exitCodeOf(report);
    } finally {
      stop();
      await sources.close();
    }
  });
}

function exitCodeOf({ fetched, skipped, missing }: BackfillReport): number {
  if (fetched + skipped === 0) return 1;
  return missing.length > 0 ? EXIT_PARTIAL : 0;
}

function showBar() {
  const bar = new ProgressBar(process.stderr);
  const onSpan = ({ to, done, total }: BackfillProgress) => bar.show(done / total, `${done}/${total} days, ${to}`);
  return { onSpan, stop: () => bar.stop() };
}

function logSpan(logger: Logger) {
  return ({ failure, ...progress }: BackfillProgress) => {
    if (failure === null) logger.info(progress, 'days stored');
    else logger.warn({ ...progress, failure }, 'days missing');
  };
}

function summary({ source, fetched, skipped, heldBack, missing }: BackfillReport): string {
  const lost = missing.reduce((sum, span) => sum + daysIn(span), 0);
  const lines = [
    `${fetched} days of ${source} stored, ${skipped} were there already, ${lost} could not be had`,
    ...(heldBack > 0 ? [`${heldBack} rates were left out: more than tenfold jumps that no other day confirms`] : []),
    ...missing.slice(0, 10).map(({ from, to, reason }) => `  ${from === to ? from : `${from} to ${to}`}: ${reason}`),
    ...(missing.length > 10 ? [`  and ${missing.length - 10} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
