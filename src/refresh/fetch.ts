import { SourceUnavailableError } from '../errors.js';
import type { CountryRecord, GdpRecord, RateRecord, SourceAnswer, Warning } from '../sources/source.js';
import type { Sources } from '../sources/sources.js';
import type { Fetched, Stored } from './model.js';
import { PhaseName, PhaseState } from './phases.js';
import type { RunningReport } from './report.js';

/** Requests to the sources that are under way. */
export interface Fetching {
  answers: Promise<Answers>;
  /** Of the whole refresh. */
  signal: AbortSignal;
  /** Aborts the requests alone. */
  cancel(): void;
}

interface Answers {
  countries: SourceAnswer<CountryRecord>;
  rates: SourceAnswer<RateRecord>;
  /** Or why there is no answer. */
  gdp: SourceAnswer<GdpRecord> | SourceUnavailableError;
}

/** Sends the requests to all sources at once. It needs no database. `force` fetches again what is still fresh. */
export function startFetching(
  sources: Sources,
  progress: RunningReport,
  signal: AbortSignal,
  force: boolean,
): Fetching {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const { FETCH_COUNTRIES, FETCH_RATES, FETCH_GDP } = PhaseName;
  const answers = Promise.all([
    observed(progress, FETCH_COUNTRIES, () => sources.countries(either, force)),
    observed(progress, FETCH_RATES, () => sources.rates(either, force)),
    observed(progress, FETCH_GDP, () => sources.gdp(either, force)).catch(asSourceError),
  ])
    .then(([countries, rates, gdp]) => ({ countries, rates, gdp }))
    // When one has failed, the answers of the others are useless.
    .finally(() => stop.abort());
  // Avoids an unhandled rejection: the answers are awaited later.
  answers.catch(() => undefined);
  return { answers, signal, cancel: () => stop.abort() };
}

/**
 * The answers, with stored or bundled figures in place of missing ones. An empty database is filled from the bundled data
 * set when a source fails; one that holds data keeps them, and the refresh fails.
 */
export async function completeFetch(
  { answers, signal }: Fetching,
  sources: Sources,
  stored: Stored,
  progress: RunningReport,
): Promise<Fetched> {
  try {
    const { gdp, ...others } = await answers;
    return { ...others, ...(await gdpOrStored(gdp, sources, stored)) };
  } catch (error) {
    if (!(error instanceof SourceUnavailableError) || signal.aborted) throw error;
    if (stored.countries.size > 0) throw error;
    return fetchBundled(sources, progress, error);
  }
}

/** GDP figures are years old by nature: those stored, or the bundled ones where none are stored, are just as good. */
async function gdpOrStored(
  gdp: Answers['gdp'],
  sources: Sources,
  stored: Stored,
): Promise<Pick<Fetched, 'gdp' | 'warnings'>> {
  if (!(gdp instanceof SourceUnavailableError)) return { gdp, warnings: [] };
  const isStored = [...stored.countries.values()].some((row) => row.gdp_per_capita !== null);
  if (isStored) return { gdp: null, warnings: [unavailable(gdp, 'the figures already stored were kept')] };
  return { gdp: await sources.bundled.gdp(), warnings: [unavailable(gdp, 'the bundled figures are used')] };
}

async function fetchBundled(
  { bundled }: Sources,
  progress: RunningReport,
  cause: SourceUnavailableError,
): Promise<Fetched> {
  const [countries, rates, gdp] = await Promise.all([
    observed(progress, PhaseName.FETCH_COUNTRIES, bundled.countries),
    observed(progress, PhaseName.FETCH_RATES, bundled.rates),
    observed(progress, PhaseName.FETCH_GDP, bundled.gdp),
  ]);
  return { countries, rates, gdp, warnings: [unavailable(cause, 'the bundled data set is used')] };
}

async function observed<T>(
  progress: RunningReport,
  phase: PhaseName,
  fetch: () => Promise<SourceAnswer<T>>,
): Promise<SourceAnswer<T>> {
  progress.begin(phase);
  try {
    const answer = await fetch();
    progress.end(phase, PhaseState.DONE, answer.received);
    return answer;
  } catch (error) {
    progress.end(phase, PhaseState.FAILED);
    throw error;
  }
}

export function asSourceError(error: unknown): SourceUnavailableError {
  if (error instanceof SourceUnavailableError) return error;
  throw error;
}

function unavailable({ details }: SourceUnavailableError, consequence: string): Warning {
  return { code: 'SOURCE_UNAVAILABLE', country: null, currency: null, message: `${details}; ${consequence}` };
}
