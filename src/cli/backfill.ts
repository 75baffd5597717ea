import { daysIn } from '../days.js';
import type { Logger } from '../logger.js';
import { type BackfillProgress, type BackfillReport, backfill } from '../refresh/backfill.js';
import { exitFor, onStopSignal } from '../shutdown.js';
import { createSources } from '../sources/sources.js';
import { EXIT_PARTIAL, ProgressBar, withDatabase } from './command.js';

/**
 * Adds past days to the rate history, with a progress bar on a terminal and a log line for each request elsewhere. The
 * exit code is 1 when no day could be fetched, and 2 when some could not.
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
    const bar = process.stderr.isTTY && !quiet ? new ProgressBar() : null;
    onStopSignal((signal) => {
      bar?.stop();
      exitFor(signal);
    });
    try {
      const { batchSize } = config.refresh;
      const onSpan = (span: BackfillProgress) => (bar ? showSpan(bar, span) : logSpan(logger, span));
      const report = await backfill({ database, sources, batchSize, from, to, again, onSpan });
      bar?.stop();
      if (!quiet) process.stdout.write(summary(report));
      process.exitCode = exitCodeOf(report);
    } finally {
      bar?.stop();
      await sources.close();
    }
  });
}

function exitCodeOf({ fetched, skipped, missing }: BackfillReport): number {
  if (fetched + skipped === 0) return 1;
  return missing.length > 0 ? EXIT_PARTIAL : 0;
}

function showSpan(bar: ProgressBar, { to, done, total }: BackfillProgress): void {
  bar.show(done / total, `${done}/${total} days, ${to}`);
}

function logSpan(logger: Logger, { failure, ...progress }: BackfillProgress): void {
  if (failure === null) logger.info(progress, 'days stored');
  else logger.warn({ ...progress, failure }, 'days missing');
}

function summary({ source, fetched, skipped, heldBack, missing }: BackfillReport): string {
  const lost = missing.reduce((sum, span) => sum + daysIn(span), 0);
  const lines = [
    `${fetched} days of ${source} stored, ${skipped} were already there, ${lost} could not be fetched`,
    ...(heldBack > 0 ? [`${heldBack} rates were left out: more than tenfold jumps that no other day confirms`] : []),
    ...missing.slice(0, 10).map(({ from, to, reason }) => `  ${from === to ? from : `${from} to ${to}`}: ${reason}`),
    ...(missing.length > 10 ? [`  and ${missing.length - 10} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
