import type { RefreshLeaseRow } from '../db/tables.js';
import type { Logger } from '../logger.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import type { RefreshReports } from './repository.js';

/** Stores the report that a dead process could not store itself. */
export async function reportAbandoned(
  dead: RefreshLeaseRow,
  reports: RefreshReports,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  if (dead.report === '') return;
  const failure = { code: 'ABANDONED', message: 'The process that ran it has ended', details: null };
  const finishedAt = new Date().toISOString();
  const report = { ...(JSON.parse(dead.report) as Refresh), state: RefreshState.FAILED, finishedAt, failure };
  logger.warn({ refresh: report.id }, 'taken over from a process that has ended');
  await reports.save(report).catch((err) => logger.warn({ err }, 'the report could not be stored'));
}
