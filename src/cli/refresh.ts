import { loadConfig } from '../config.js';
import { SnapshotCache } from '../countries/snapshot-cache.js';
import { checkDatabaseSettings, openDatabase } from '../db/connect.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../logger.js';
import { PhaseState } from '../refresh/phases.js';
import { RefreshService } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';
import { isPartial, stoppedError } from '../refresh/report.js';
import { beginRefresh, type RefreshKind } from '../refresh/run-refresh.js';
import { exitFor, onStopSignal } from '../shutdown.js';
import { createSources } from '../sources/sources.js';
import { createPictureStore, resolveCacheDir } from '../summary/image-store.js';
import { SummaryService } from '../summary/summary.service.js';
import { createCommandLogger, EXIT_PARTIAL, ProgressBar } from './command.js';

/** As long as a server waits for its refresh. */
const STOP_WITHIN_MS = 10_000;

/**
 * One refresh, with a progress bar on a terminal and log lines elsewhere. It takes as long as its slowest source, so the
 * requests are sent before the driver of the database is loaded. Rejects when the refresh fails; the exit code is 2 when a
 * source was missing.
 */
export async function refreshOnce(options: Omit<RefreshKind, 'startedBy'>, quiet: boolean): Promise<void> {
  const stop = new AbortController();
  onStopSignal((signal) => {
    stop.abort(stoppedError());
    // The database may delay its report, for instance by a lock.
    setTimeout(exitFor, STOP_WITHIN_MS, signal).unref();
  });
  const config = loadConfig();
  const logger = createCommandLogger(config);
  // Invalid settings fail before any source is asked.
  checkDatabaseSettings(config.database);
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const sources = createSources(config.sources, { cacheDir });
  const kind = { ...options, startedBy: 'command line' };
  const begun = beginRefresh(sources, kind, stop);
  let database: Database | undefined;
  try {
    database = await openDatabase({ ...config.database, onWarning: (text) => logger.warn(text) });
    if (!kind.dryRun) begun.writer = database.openWriter();
    const wereUpToDate = Promise.race([migrate(database, logger), rejection(stop.signal)]);
    const { gdpMethod } = config.refresh;
    const pictures = createPictureStore(cacheDir);
    const snapshots = new SnapshotCache(database);
    const summary = new SummaryService({ snapshots, pictures, gdpMethod, logger });
    const draw = () => summary.draw();
    const refreshes = new RefreshService({ database, sources, logger, ...config.refresh, draw });
    const stopBar = process.stderr.isTTY && !quiet ? showBar(refreshes, logger) : () => undefined;
    const { done } = await refreshes.startEarly(kind, begun, wereUpToDate);
    const report = await done.finally(stopBar);
    if (!quiet) process.stdout.write(summaryOf(report));
    if (isPartial(report)) process.exitCode = EXIT_PARTIAL;
    await refreshes.drawn();
  } finally {
    stop.abort();
    await sources.close();
    await database?.close().catch(() => undefined);
  }
}

/** Returns whether the tables were up to date before. */
async function migrate(database: Database, logger: Logger): Promise<boolean> {
  let wereUpToDate = true;
  const onOutdated = () => {
    wereUpToDate = false;
  };
  const [migrations] = await Promise.all([database.migrate(onOutdated), database.connect()]);
  if (migrations.length > 0) logger.info({ migrations, database: database.label }, 'database migrated');
  return wereUpToDate;
}

/** Rejects when the signal is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}

/** Shows the progress until the returned function is called. */
function showBar(refreshes: RefreshService, logger: Logger): () => void {
  const bar = new ProgressBar();
  const stopWatching = refreshes.watch((report) => {
    bar.show(report.progress, phaseOf(report));
    // The cause is the last line of the command, and need not be logged above it.
    if (report.failure) logger.level = 'silent';
  });
  return () => {
    stopWatching();
    bar.stop();
  };
}

function phaseOf({ phases }: Refresh): string {
  const running = phases.filter((phase) => phase.state === PhaseState.RUNNING);
  return running.map((phase) => phase.name.toLowerCase().replace('_', ' ')).join(', ');
}

function summaryOf({ id, joined, dryRun, durationMs, sources, warnings, ...counts }: Refresh): string {
  const { inserted, updated, unchanged, rejected, missing } = counts;
  const title = dryRun ? 'Dry run, nothing written' : joined ? 'Refreshed by another process' : 'Refreshed';
  const lines = [
    `${title} in ${durationMs} ms: ${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ` +
      `${rejected} rejected, ${missing} missing`,
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
