import { SourceUnavailableError } from '../errors.js';
import type { CountryRecord, GdpRecord, RateRecord, SourceAnswer, Warning } from '../sources/source.js';
import type { Sources } from '../sources/sources.js';
import { PhaseName, PhaseState } from './phases.js';
import type { RefreshProgress } from './report.js';
import type { Stored } from './repository.js';

export interface Fetched {
  countries: SourceAnswer<CountryRecord>;
  rates: SourceAnswer<RateRecord>;
  /** Null when the source of GDP failed: what is stored stays. */
  gdp: SourceAnswer<GdpRecord> | null;
  /** About sources that failed without failing the refresh. */
  warnings: Warning[];
}

interface FetchOptions {
  signal: AbortSignal;
  /** Ask again for what is still fresh. */
  force: boolean;
}

/**
 * Asks all sources at once. An empty database is filled from the bundled data set when they cannot be had;
 * one that holds data keeps them, and the refresh fails.
 */
export async function fetchAll(
  sources: Sources,
  stored: Promise<Stored>,
  progress: RefreshProgress,
  { signal, force }: FetchOptions,
): Promise<Fetched> {
  try {
    return await fetchLive(sources, stored, progress, { signal, force });
  } catch (error) {
    if (!(error instanceof SourceUnavailableError) || signal.aborted) throw error;
    if ((await stored).countries.size > 0) throw error;
    return fetchBundled(sources, progress, error);
  }
}

async function fetchLive(
  sources: Sources,
  stored: Promise<Stored>,
  progress: RefreshProgress,
  { signal, force }: FetchOptions,
): Promise<Fetched> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  // Before one of them is taken.
  const { askedAt } = sources;
  const ask = <T>(phase: PhaseName, fetch: () => Promise<SourceAnswer<T>>) => {
    const answer = observed(progress, phase, fetch, askedAt);
    // It is awaited after others; a fault of it before then must not end the process.
    answer.catch(() => undefined);
    return answer;
  };
  try {
    const gdp = ask(PhaseName.FETCH_GDP, () => sources.gdp(either, force)).catch(asSourceError);
    gdp.catch(() => undefined);
    const askedCountries = ask(PhaseName.FETCH_COUNTRIES, () => sources.countries(either, force));
    const askedRates = ask(PhaseName.FETCH_RATES, () => sources.rates(either, force));
    const [countries, rates] = await Promise.all([askedCountries, askedRates]);
    return { countries, rates, ...(await gdpOrStored(await gdp, sources, stored)) };
  } finally {
    // The refresh cannot use what is still on its way when one of them has failed.
    stop.abort();
  }
}

/** GDP figures are years old by nature: those stored, or the bundled ones where none are stored, are as good. */
async function gdpOrStored(
  gdp: SourceAnswer<GdpRecord> | SourceUnavailableError,
  sources: Sources,
  stored: Promise<Stored>,
): Promise<Pick<Fetched, 'gdp' | 'warnings'>> {
  if (!(gdp instanceof SourceUnavailableError)) return { gdp, warnings: [] };
  const known = [...(await stored).countries.values()].some((row) => row.gdp_per_capita !== null);
  if (known) return { gdp: null, warnings: [unavailable(gdp, 'the figures already stored were kept')] };
  return { gdp: await sources.bundled.gdp(), warnings: [unavailable(gdp, 'the bundled figures are used')] };
}

async function fetchBundled(
  { bundled }: Sources,
  progress: RefreshProgress,
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
  progress: RefreshProgress,
  phase: PhaseName,
  fetch: () => Promise<SourceAnswer<T>>,
  askedAt?: number,
): Promise<SourceAnswer<T>> {
  progress.begin(phase, null, askedAt);
  try {
    const answer = await fetch();
    progress.end(phase, PhaseState.DONE, answer.received);
    return answer;
  } catch (error) {
    progress.end(phase, PhaseState.FAILED);
    throw error;
  }
}

function asSourceError(error: unknown): SourceUnavailableError {
  if (error instanceof SourceUnavailableError) return error;
  throw error;
}

function unavailable({ details }: SourceUnavailableError, consequence: string): Warning {
  return {
    code: 'SOURCE_UNAVAILABLE',
    country: null,
    currency: null,
    message: `${details}; ${consequence}`,
  };
}
