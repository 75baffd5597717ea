// It would be loaded when the last source has answered.
import '../sources/validate-countries.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.js';
import { openDatabase } from '../db/connect.js';
import type { Database } from '../db/database.js';
import type { Opening } from '../db/opening.js';
import type { Logger } from '../logger.js';
import type { Begun } from '../refresh/begin-early.js';
import { createRunner } from '../refresh/create-runner.js';
import { RefreshService, type StartOptions } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';
import { createPictureStore } from '../summary/image-store.js';
import { createCommandLogger } from './context.js';

interface BegunHere extends Begun {
  config: Config;
  cacheDir: string;
  /** Ends it before its commit. */
  signal: AbortSignal;
}

/** Opens the database and runs the refresh meanwhile, with a bar on a terminal and the log elsewhere. */
export async function watchRefresh(begun: BegunHere, options: StartOptions): Promise<void> {
  const { config, memory, signal } = begun;
  const logger = createCommandLogger(config);
  const onWarning = (message: string) => logger.warn(message);
  const database = await openDatabase({ ...config.database, sockets: begun.sockets, onWarning });
  const opening = open(database, logger);
  // Whoever needs it hears of its failure.
  memory.load(database, opening).catch(() => undefined);
  const picture = createPictureStore(begun.cacheDir);
  const { sources } = begun;
  const parts = { config: config.refresh, database, sources, picture, logger, opening };
  const runner = createRunner({ ...parts, rehearses: true });
  const { keepReports } = config.refresh;
  const refreshes = new RefreshService({ runner, database, logger, opening, keepReports });
  try {
    const stopped = stopping(signal, refreshes, opening);
    await Promise.race([stopped, watched(refreshes, options, logger)]);
  } catch (error) {
    // That is what has to be heard of, not what else fails because of it.
    await database.close().catch(() => undefined);
    throw error;
  }
  await database.close();
}

async function open(database: Database, logger: Logger): Opening {
  if (await database.isUpToDate()) return true;
  const migrations = await database.migrate();
  if (migrations.length > 0) logger.info({ migrations, database: database.label }, 'database migrated');
  return false;
}

/** A database that does not answer must not hold a stop up for longer. */
const OPEN_WITHIN_MS = 1_000;

/** Ends the refresh at the signal, and rejects where it cannot end because the database is not there yet. */
function stopping(signal: AbortSignal, refreshes: RefreshService, opening: Opening): Promise<never> {
  const settled = opening.then(
    () => true,
    () => true,
  );
  return new Promise((_, reject) => {
    const stop = async () => {
      void refreshes.close();
      const isOpen = await Promise.race([settled, sleep(OPEN_WITHIN_MS, false, { ref: false })]);
      if (!isOpen) reject(signal.reason);
    };
    if (signal.aborted) void stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

async function watched(refreshes: RefreshService, options: StartOptions, logger: Logger): Promise<void> {
  const stopBar = process.stderr.isTTY ? await showBar(refreshes, logger) : () => undefined;
  try {
    const report = await refreshes.start({ ...options, startedBy: 'command line' }).done;
    stopBar();
    process.stdout.write(summary(report));
    await refreshes.drawn();
  } finally {
    stopBar();
  }
}

async function showBar(refreshes: RefreshService, logger: Logger): Promise<() => void> {
  // What it failed for is the command's last line; the log would say it once more.
  refreshes.watch(({ failure }) => {
    if (failure) logger.level = 'silent';
  });
  return (await import('./refresh-bar.js')).showBar(refreshes);
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
