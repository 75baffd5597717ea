import { AppError, DatabaseUnavailableError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Sources } from '../sources/sources.js';
import { PhaseName, PhaseState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { RefreshCancelledError } from './refresh-errors.js';
import type { RefreshProgress } from './report.js';
import type { RefreshReports } from './repository.js';

export interface AfterOptions {
  logger: Pick<Logger, 'warn'>;
  sources: Pick<Sources, 'remember'>;
  reports: RefreshReports;
  /** Draws what the database holds now. */
  draw: (report: Refresh) => Promise<void>;
}

/**
 * What follows the commit, and nobody waits for: the picture, the memory of what was sent, the last state of the
 * report. Whatever of it fails, the refresh has happened all the same.
 */
export async function finishOff(progress: RefreshProgress, options: AfterOptions): Promise<void> {
  const { logger, sources, reports } = options;
  await drawPicture(progress, options);
  await sources.remember().catch((err) => logger.warn({ err }, 'no answers were remembered'));
  await reports
    .save(progress.report)
    .then(() => reports.prune())
    .catch((err) => logger.warn({ err }, 'the report could not be stored'));
}

async function drawPicture(progress: RefreshProgress, { logger, draw }: AfterOptions): Promise<void> {
  progress.begin(PhaseName.DRAW);
  try {
    await draw(progress.report);
    progress.end(PhaseName.DRAW, PhaseState.DONE);
  } catch (err) {
    logger.warn({ err }, 'the summary picture could not be drawn');
    progress.end(PhaseName.DRAW, PhaseState.FAILED);
    progress.warn('PICTURE_FAILED', `The summary picture could not be drawn: ${(err as Error).message}`);
  }
}

/** What an operator can do something about; what is said of single records stands in the report. */
const ABOUT_SOURCES: ReadonlySet<string> = new Set(['SOURCE_UNAVAILABLE', 'SOURCE_SHRUNK', 'OLDER_RATES']);

interface Ended {
  report: Refresh;
  joined: boolean;
}

export function logSuccess(logger: Logger, { report, joined }: Ended): void {
  const { id, dryRun, durationMs, received, inserted, updated, unchanged, warnings } = report;
  const counts = { received, inserted, updated, unchanged, warnings: warnings.length };
  for (const { code, message } of warnings.filter((warning) => ABOUT_SOURCES.has(warning.code))) {
    logger.warn({ refresh: id, code }, message);
  }
  logger.info({ refresh: id, joined, dryRun, durationMs, ...counts }, 'refresh done');
}

export function logFailure(logger: Logger, { report, joined }: Ended, error: unknown): void {
  const { id: refresh, failure } = report;
  // What is known of a source that failed is in its details; a fault of ours needs its stack.
  if (error instanceof RefreshCancelledError) logger.warn({ refresh, ...failure }, 'refresh cancelled');
  else if (error instanceof DatabaseUnavailableError) logger.error({ refresh, err: error }, 'refresh failed');
  else if (error instanceof AppError) logger.error({ refresh, joined, ...failure }, 'refresh failed');
  else logger.error({ refresh, err: error }, 'refresh failed');
}
