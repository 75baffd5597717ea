import { setImmediate as turn } from 'node:timers/promises';
import type { GdpMethod } from '../countries/gdp.js';
import type { Database, Statement, Writer } from '../db/database.js';
import { type Opening, whileOpening } from '../db/opening.js';
import type { SourceAnswer, Warning } from '../sources/source.js';
import type { Sources } from '../sources/sources.js';
import { withoutShrunkenGdp } from './country-policy.js';
import { type Fetched, fetchAll } from './fetch.js';
import { type Merged, merge } from './merge.js';
import { Figures, PhaseName, PhaseState } from './phases.js';
import type { SourceUse } from './refresh.type.js';
import { rehearse } from './rehearse.js';
import type { RefreshProgress } from './report.js';
import { RefreshReports, readStored, type Stored, storeStatements } from './repository.js';

/** What stands around the statements of a refresh in its transaction. */
export interface Transaction {
  first: Statement[];
  last: Statement[];
}

export interface RunOptions {
  database: Database;
  sources: Sources;
  gdpMethod: GdpMethod;
  batchSize: number;
  random: () => number;
  /** See rehearse.ts. */
  isRehearsed: boolean;
  /** What is stored is read meanwhile. */
  opening: Opening;
}

/**
 * One refresh, from the sources to the commit. Nothing is written before the last answer is in and checked, and then
 * everything in one transaction: whatever fails, the data are those of before. Without a transaction it is a dry run.
 */
export async function runRefresh(
  options: RunOptions & { force: boolean },
  progress: RefreshProgress,
  signal: AbortSignal,
  transaction: Promise<Transaction> | null,
): Promise<void> {
  // Its connection is opened while the sources answer.
  const writer = transaction === null ? undefined : options.database.openWriter();
  try {
    const { stored, fetched, around } = await gather(options, progress, signal, transaction);
    const merged = mergeObserved(options, stored, fetched, progress);
    describe(progress, stored, fetched, merged);
    // Whoever has ended it meanwhile is heard before anything is written: what has arrived is looked at between the two.
    await turn();
    await turn();
    signal.throwIfAborted();
    if (writer && around) await store(options, writer, merged, progress, around);
    else progress.end(PhaseName.STORE, PhaseState.SKIPPED);
    progress.succeed();
  } finally {
    writer?.close();
  }
}

/** What is stored is read while the sources answer. */
async function gather(
  options: RunOptions & { force: boolean },
  progress: RefreshProgress,
  signal: AbortSignal,
  transaction: Promise<Transaction> | null,
) {
  const { database, sources, force, opening } = options;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const reading = whileOpening(opening, () => readStored(database));
  // Whoever waits for it comes later, and may come never.
  reading.catch(() => undefined);
  try {
    const fetching = fetchAll(sources, reading, progress, { signal: either, force });
    if (options.isRehearsed) {
      reading.then((known) => rehearse(options, known, progress.report, either)).catch(() => undefined);
    }
    const [stored, fetched, around] = await Promise.all([reading, fetching, transaction]);
    return { stored, fetched: withoutShrunkenGdp(fetched, stored), around };
  } finally {
    stop.abort();
  }
}

function mergeObserved(
  { gdpMethod, random }: RunOptions,
  stored: Stored,
  fetched: Fetched,
  progress: RefreshProgress,
): Merged {
  progress.begin(PhaseName.MERGE);
  const merged = merge(fetched, stored, { now: new Date(), gdpMethod, random });
  progress.end(PhaseName.MERGE, PhaseState.DONE, merged.countries.length);
  return merged;
}

function describe({ report }: RefreshProgress, stored: Stored, fetched: Fetched, merged: Merged): void {
  const { received, rejected, excluded, inserted, updated, unchanged, missing, fields } = merged;
  Object.assign(report, { received, rejected, excluded, updated, unchanged, fields });
  report.warnings = bounded(merged.warnings);
  report.inserted = inserted.length;
  report.insertedCodes = inserted;
  report.missing = missing.length;
  report.missingCodes = missing.map((row) => row.code);
  report.sources = sourcesOf(fetched, stored);
}

/** A source that sends nothing but rubbish shall not fill the database with complaints. */
const MAX_WARNINGS = 500;

function bounded(warnings: Warning[]): Warning[] {
  const left = warnings.length - MAX_WARNINGS;
  if (left <= 0) return warnings;
  const message = `${left} more warnings are not kept`;
  const last: Warning = { code: 'MORE_WARNINGS', country: null, currency: null, message };
  return [...warnings.slice(0, MAX_WARNINGS), last];
}

/** Figures that stay as they were are still those of the source they came from. */
function sourcesOf({ countries, rates, gdp }: Fetched, stored: Stored): SourceUse[] {
  const gdpBefore = stored.sources.find((use) => use.provides === Figures.GDP);
  const gdpNow = gdp ? { provides: Figures.GDP, ...useOf(gdp) } : gdpBefore && { ...gdpBefore, reused: true };
  return [
    { provides: Figures.COUNTRIES, ...useOf(countries) },
    { provides: Figures.RATES, ...useOf(rates) },
    ...(gdpNow ? [gdpNow] : []),
  ];
}

function useOf({ use, reused = false }: SourceAnswer<unknown>) {
  return { ...use, reused };
}

async function store(
  { database, batchSize }: RunOptions,
  writer: Writer,
  merged: Merged,
  progress: RefreshProgress,
  { first, last }: Transaction,
): Promise<void> {
  // The report goes into the transaction, so it is finished before: nothing may stand behind the commit.
  const finished = progress.finished();
  const statements = [...first, ...storeStatements(database, merged, finished, batchSize), ...last];
  progress.begin(PhaseName.STORE, statements.length);
  await writer.write(statements, {
    onProgress: (done) => progress.advance(PhaseName.STORE, done),
    hasLanded: () => new RefreshReports(database).hasSucceeded(finished.id),
  });
  progress.end(PhaseName.STORE, PhaseState.DONE);
}
