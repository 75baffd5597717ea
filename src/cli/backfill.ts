import { Presets, SingleBar } from 'cli-progress';
import type { Logger } from '../logger.js';
import { type BackfillProgress, type BackfillReport, backfill } from '../refresh/backfill.js';
import { exitFor, onStopSignal } from '../shutdown.js';
import { createSources } from '../sources/sources.js';
import { withDatabase } from './context.js';

/** Adds past days to the rate history, with a progress bar on a terminal and a log line for each day elsewhere. */
export async function backfillRates(from: string, to: string | undefined, again: boolean): Promise<void> {
  await withDatabase(async ({ config, database, logger }) => {
    await database.migrate();
    const sources = createSources(config.sources);
    const { onDay, stop } = process.stderr.isTTY ? showBar() : { onDay: logDay(logger), stop: () => undefined };
    onStopSignal((signal) => {
      stop();
      exitFor(signal);
    });
    try {
      const { batchSize } = config.refresh;
      const report = await backfill({ database, sources, batchSize, from, to, again, onDay });
      stop();
      process.stdout.write(summary(report));
    } finally {
      stop();
      await sources.close();
    }
  });
}

function showBar() {
  const bar = new SingleBar(
    { format: '{bar} {percentage} % {value}/{total} days, {day}', hideCursor: true },
    Presets.shades_classic,
  );
  const onDay = ({ day, done, total }: BackfillProgress) => {
    if (done === 1) bar.start(total, 0, { day });
    bar.update(done, { day });
  };
  return { onDay, stop: () => bar.stop() };
}

function logDay(logger: Logger) {
  return ({ day, done, total, failure }: BackfillProgress) => {
    if (failure === null) logger.info({ day, done, total }, 'day stored');
    else logger.warn({ day, done, total, failure }, 'day missing');
  };
}

function summary({ stored, skipped, missing }: BackfillReport): string {
  const lines = [
    `${stored.length} days stored, ${skipped.length} were there already, ${missing.length} could not be had`,
    ...missing.slice(0, 10).map(({ day, reason }) => `  ${day}: ${reason}`),
    ...(missing.length > 10 ? [`  and ${missing.length - 10} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
