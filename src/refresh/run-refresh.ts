import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { GdpMethod } from '../countries/gdp.js';
import type { Database, Writer } from '../db/database.js';
import type { RefreshLeaseRow } from '../db/tables.js';
import type { Logger } from '../logger.js';
import type { Sources } from '../sources/sources.js';
import { withoutShrunkenGdp } from './country-policy.js';
import { completeFetch, type Fetching, startFetching } from './fetch.js';
import { type Grant, LeaseHeldError, type RefreshLease } from './lease.js';
import { merge } from './merge.js';
import type { Merged, Stored } from './model.js';
import { PhaseName, PhaseState, RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';
import { abandonedReport, ageOf, RefreshTakenOverError, RunningReport } from './report.js';
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
  /** If it is already connecting. */
  writer?: Writer;
  /** If they have already been requested of the database. */
  stored?: Promise<Stored>;
  grant?: Promise<Grant>;
}

/** Needs no database: a new process begins before it has one. */
export function beginRefresh(sources: Sources, kind: RefreshKind, abort = new AbortController()): BegunRefresh {
  const progress = new RunningReport(kind);
  const fetching = startFetching(sources, progress, abort.signal, kind.force);
  return { progress, fetching, force: kind.force, abort };
}

/**
 * Reads what is stored and takes the lease before it is known whether the tables are up to date, which saves a new process
 * a round trip. Where some process had to migrate them, it is done again; the lease of a database that cannot be used is given back.
 */
export async function beginInDatabase(
  parts: RefreshParts,
  begun: BegunRefresh,
  wereUpToDate: Promise<boolean>,
): Promise<void> {
  const { database, lease } = parts;
  const stored = readStored(database);
  const grant = begun.progress.report.dryRun ? undefined : acquire(parts, begun, null);
  for (const early of [stored, grant]) early?.catch(() => undefined);
  try {
    const isUpToDate = await wereUpToDate;
    if (isUpToDate) begun.stored = stored;
    if (grant) begun.grant = isUpToDate ? grant : grant.catch(() => acquire(parts, begun, null));
  } catch (error) {
    const released = grant?.then((held) => {
      held.end();
      return database.kysely.executeQuery(lease.release(held).compile());
    });
    await Promise.race([released?.catch(() => undefined), sleep(RELEASE_WITHIN_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** A database that does not answer has not granted the lease, either. */
const RELEASE_WITHIN_MS = 2_000;

function acquire({ lease }: RefreshParts, { progress, abort }: BegunRefresh, dead: RefreshLeaseRow | null) {
  return lease.acquire(progress.report, dead, (cause) => abort.abort(cause));
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
  const { progress, fetching, writer = parts.database.openWriter() } = begun;
  const { stored: reading = readStored(parts.database), grant: acquiring = acquire(parts, begun, dead) } = begun;
  acquiring.then(onGranted, () => undefined);
  try {
    const [stored, grant] = await Promise.all([reading, acquiring]);
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
    await fetchAndMerge(parts, begun, await (begun.stored ?? readStored(parts.database)));
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
  progress.describe(stored, fetched, merged);
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
  const stored = grant && (await reports.find(progress.report.id).catch(() => null));
  // The answer to a commit can be lost with the connection.
  if (stored?.state === RefreshState.SUCCEEDED) {
    progress.end(PhaseName.STORE, PhaseState.DONE);
    return progress.finish(stored);
  }
  const lost = grant && (await lease.whyLost(grant).catch(() => null));
  const cause = causeOf(lost ?? error, abort);
  const report = stored?.state === RefreshState.CANCELLED ? stored : progress.failed(cause);
  const release = grant ? lease.release(grant) : undefined;
  try {
    // A process that has cancelled this refresh, or taken over, has stored the report.
    if (report !== stored && !(cause instanceof RefreshTakenOverError)) await reports.save(report, release);
    await reports.prune();
  } catch (err) {
    logger.warn({ err }, 'the report could not be stored');
    // A full disk has room for the release alone; otherwise others would wait until the lease expires.
    if (release) await database.writeAtomically([release], { keepsDataVersion: true }).catch(() => undefined);
  }
  progress.finish(report);
  throw cause;
}

/** Stores the report of a process that died with the lease. */
async function reportAbandoned({ reports, logger }: RefreshParts, { abandoned, id }: Grant): Promise<void> {
  if (!abandoned?.report) return;
  const dead = JSON.parse(abandoned.report) as Refresh;
  logger.warn({ refresh: dead.id }, 'lease taken over from a process that has ended');
  await reports.save(abandonedReport(dead, id)).catch((err) => logger.warn({ err }, 'the report could not be stored'));
}

/** An aborted step fails with an error of its own; the cause is the reason of the abort. */
function causeOf(error: unknown, { signal }: AbortController): unknown {
  return signal.aborted ? signal.reason : error;
}
