import { setImmediate as turn } from 'node:timers/promises';
import type { GdpMethod } from '../countries/gdp.js';
import type { Database, Writer } from '../db/database.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import { chunk } from '../db/write.js';
import type { Logger } from '../logger.js';
import { Figures } from '../provenance/credits.js';
import type { SourceAnswer, Warning } from '../sources/source.js';
import type { Sources } from '../sources/sources.js';
import { withoutShrunkenGdp } from './country-policy.js';
import { completeFetch, type Fetching, startFetching } from './fetch.js';
import { type Grant, LeaseHeldError, type RefreshLease } from './lease.js';
import { merge } from './merge.js';
import type { Fetched, Merged, Stored } from './model.js';
import { PhaseName, PhaseState, RefreshState } from './phases.js';
import type { Refresh, SourceUse } from './refresh.type.js';
import { ageOf, RefreshTakenOverError, RunningReport } from './report.js';
import { type RefreshReports, readStored, refreshStatements } from './repository.js';
import { withoutShiftedFigures } from './shifts.js';

/** What a refresh works with. */
export interface RefreshParts {
  database: Database;
  sources: Sources;
  lease: RefreshLease;
  reports: RefreshReports;
  logger: Logger;
  gdpMethod: GdpMethod;
  batchSize: number;
  /** From 0 up to 1, for the multiplier method. */
  random?: () => number;
  /** Draws the summary picture of what the database holds. */
  draw: () => Promise<unknown>;
}

/** How a refresh is run, and by whom it was started. */
export interface RefreshKind {
  dryRun: boolean;
  /** Fetch again what is still fresh, and believe figures that have moved together. */
  force: boolean;
  startedBy: string;
}

/** A refresh whose requests to the sources are under way. */
export interface BegunRefresh {
  progress: RunningReport;
  fetching: Fetching;
  force: boolean;
  /** Ends the refresh before its commit. */
  abort: AbortController;
  /** Where it connects already. */
  writer?: Writer;
}

/** How many queries a refresh sends at once, while the sources answer. */
export const PARALLEL_QUERIES = 8;

/** Needs no database: a new process begins before it has one. */
export function beginRefresh(sources: Sources, kind: RefreshKind, abort = new AbortController()): BegunRefresh {
  const progress = new RunningReport(kind);
  const fetching = startFetching(sources, progress, abort.signal, kind.force);
  return { progress, fetching, force: kind.force, abort };
}

/**
 * One refresh up to the commit. While the sources answer, the lease is taken, the stored data are read and the writer
 * connects. Nothing is written before all answers are checked, and then everything in one transaction. Throws
 * LeaseHeldError when another refresh is running, unless that is known to be `dead`; any other failure is reported first.
 */
export async function runRefresh(
  parts: RefreshParts,
  begun: BegunRefresh,
  dead: RefreshLeaseRow | null,
  onGranted: () => void,
): Promise<void> {
  const { database, lease } = parts;
  const { progress, fetching, abort } = begun;
  const { writer = database.openWriter() } = begun;
  const acquiring = lease.acquire(progress.report, dead, (cause) => abort.abort(cause));
  acquiring.then(onGranted, () => undefined);
  try {
    const [stored, grant] = await Promise.all([readStored(database), acquiring]);
    await reportAbandoned(parts, grant);
    const merged = await fetchAndMerge(parts, begun, stored);
    await store(parts, writer, merged, progress, grant);
  } catch (error) {
    fetching.cancel();
    if (error instanceof LeaseHeldError) throw error;
    // The lease may be granted late, and must be released.
    await endFailed(parts, begun, await acquiring.catch(() => null), error);
  } finally {
    writer.close();
    acquiring.then((grant) => grant.end()).catch(() => undefined);
  }
}

/** The same without lease, writing and stored report. */
export async function runDry(parts: RefreshParts, begun: BegunRefresh): Promise<void> {
  const { progress, fetching, abort } = begun;
  try {
    await fetchAndMerge(parts, begun, await readStored(parts.database));
    progress.end(PhaseName.STORE, PhaseState.SKIPPED);
    progress.end(PhaseName.DRAW, PhaseState.SKIPPED);
    progress.finish(progress.succeeded());
  } catch (error) {
    fetching.cancel();
    const cause = causeOf(error, abort);
    progress.finish(progress.failed(cause));
    throw cause;
  }
}

async function fetchAndMerge(
  { sources, gdpMethod, random = Math.random }: RefreshParts,
  { progress, fetching, force, abort: { signal } }: BegunRefresh,
  stored: Stored,
): Promise<Merged> {
  const complete = withoutShrunkenGdp(await completeFetch(fetching, sources, stored, progress), stored);
  const fetched = force ? complete : withoutShiftedFigures(complete, stored);
  await turn();
  progress.begin(PhaseName.MERGE);
  const merged = merge(fetched, stored, { now: new Date(), gdpMethod, random, force });
  describe(progress.report, stored, fetched, merged);
  if (stored.refreshedAt !== null && ageOf(stored.refreshedAt) === null) {
    progress.warn(
      'CLOCK_DIFFERS',
      `The last refresh is dated ${stored.refreshedAt}, which is in the future: the clock of the machine that ran it, or of this one, is wrong`,
    );
  }
  progress.end(PhaseName.MERGE, PhaseState.DONE, merged.countries.length);
  // Requests are served between merging and writing, a cancellation among them.
  await turn();
  signal.throwIfAborted();
  return merged;
}

async function store(
  { database, batchSize, lease, reports }: RefreshParts,
  writer: Writer,
  merged: Merged,
  progress: RunningReport,
  grant: Grant,
): Promise<void> {
  // The report is part of the transaction, so it is finished before.
  const finished = progress.succeeded();
  const statements = [
    lease.fence(grant),
    ...refreshStatements(database, merged, finished, batchSize),
    lease.release(grant),
  ];
  progress.begin(PhaseName.STORE, statements.length);
  await writer.write(statements, {
    onProgress: (done) => progress.advance(PhaseName.STORE, done),
    // The report is in the same transaction.
    wasCommitted: async () => (await reports.find(finished.id))?.state === RefreshState.SUCCEEDED,
  });
  progress.end(PhaseName.STORE, PhaseState.DONE);
  progress.finish(finished);
}

/** Post-commit tasks, which no caller waits for. The refresh has succeeded, whatever fails here. */
export async function finishRefresh(
  { sources, reports, logger, draw }: RefreshParts,
  progress: RunningReport,
): Promise<void> {
  progress.begin(PhaseName.DRAW);
  try {
    await draw();
    progress.end(PhaseName.DRAW, PhaseState.DONE);
  } catch (err) {
    logger.warn({ err }, 'the summary picture could not be drawn');
    progress.warn('PICTURE_FAILED', `The summary picture could not be drawn: ${(err as Error).message}`);
    progress.end(PhaseName.DRAW, PhaseState.FAILED);
  }
  await sources.save().catch((err) => logger.warn({ err }, 'the responses of the sources could not be cached'));
  await reports
    .update(progress.report)
    .then(() => reports.prune())
    .catch((err) => logger.warn({ err }, 'the report could not be stored'));
}

/** Stores the report of the failure and releases the lease, then throws the cause. Returns when it has committed after all. */
async function endFailed(
  parts: RefreshParts,
  { progress, abort }: BegunRefresh,
  grant: Grant | null,
  error: unknown,
): Promise<void> {
  const { database, lease, reports, logger } = parts;
  if (grant && (await hasCommitted(parts, progress))) return;
  const lost = grant && (await lease.whyLost(grant).catch(() => null));
  const cause = causeOf(lost ?? error, abort);
  const report = progress.failed(cause);
  const release = grant ? lease.release(grant) : undefined;
  try {
    // The one that took over has stored its report, which says who that is.
    if (!(cause instanceof RefreshTakenOverError)) await reports.save(report, release);
    await reports.prune();
  } catch (err) {
    logger.warn({ err }, 'the report could not be stored');
    // A full disk has room for the release alone; otherwise others would wait until the lease expires.
    if (release) await database.writeAtomically([release], { keepsDataVersion: true }).catch(() => undefined);
  }
  progress.finish(report);
  throw cause;
}

/** The answer to a commit can be lost with the connection; the stored report tells whether it happened. */
async function hasCommitted({ reports }: RefreshParts, progress: RunningReport): Promise<boolean> {
  const stored = await reports.find(progress.report.id).catch(() => null);
  if (stored?.state !== RefreshState.SUCCEEDED) return false;
  progress.end(PhaseName.STORE, PhaseState.DONE);
  progress.finish(stored);
  return true;
}

/** Stores the report of a process that died with the lease. */
async function reportAbandoned({ reports, logger }: RefreshParts, { abandoned, id }: Grant): Promise<void> {
  if (!abandoned?.report) return;
  const details = `The refresh ${id} has taken over`;
  const failure = { code: 'ABANDONED', message: 'The process that ran it has ended', details };
  const finishedAt = new Date().toISOString();
  const dead = JSON.parse(abandoned.report) as Refresh;
  logger.warn({ refresh: dead.id }, 'lease taken over from a process that has ended');
  await reports
    .save({ ...dead, state: RefreshState.FAILED, finishedAt, failure, takenOverBy: id })
    .catch((err) => logger.warn({ err }, 'the report could not be stored'));
}

/** An aborted step fails in its own words; the reason of the abort is the cause. */
function causeOf(error: unknown, { signal }: AbortController): unknown {
  return signal.aborted ? signal.reason : error;
}

function describe(report: Refresh, stored: Stored, fetched: Fetched, merged: Merged): void {
  const { counts, warnings } = merged;
  Object.assign(report, counts, { warnings: bounded(warnings), sources: sourcesOf(fetched, stored) });
}

/** A faulty source must not fill the database with warnings, nor make a report too large for the database server. */
const MAX_WARNINGS = 500;
const MAX_WARNING_BYTES = 24_000;

function bounded(warnings: Warning[]): Warning[] {
  const [kept = []] = chunk(warnings, MAX_WARNINGS, MAX_WARNING_BYTES);
  const left = warnings.length - kept.length;
  if (left === 0) return warnings;
  const message = `${left} more warnings are not kept`;
  return [...kept, { code: 'MORE_WARNINGS', country: null, currency: null, message }];
}

/** Stored GDP figures that were kept are still those of their source. */
function sourcesOf({ countries, rates, gdp }: Fetched, stored: Stored): SourceUse[] {
  const gdpBefore = stored.sources.filter((use) => use.provides === Figures.GDP);
  return [
    useOf(Figures.COUNTRIES, countries),
    useOf(Figures.RATES, rates),
    ...(gdp ? [useOf(Figures.GDP, gdp)] : gdpBefore.map((use) => ({ ...use, reused: true }))),
  ];
}

function useOf(provides: Figures, { use, reused = false }: SourceAnswer<unknown>): SourceUse {
  return { provides, ...use, reused };
}
