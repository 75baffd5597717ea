import { SourceUnavailableError } from '../../errors.js';
import { withDeadline } from './deadline.js';
import type { SourceAnswer, Warning } from './source.js';

/** Asks one source within the time given. */
export type TimedAsk<Record> = (signal: AbortSignal, timeoutMs: number) => Promise<SourceAnswer<Record>>;

/**
 * Asks one source after the other until one has a usable answer, all within one overall time: each gets an equal share
 * of what is left. A warning tells of those that failed.
 */
export async function firstUsable<Record>(
  asks: readonly TimedAsk<Record>[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<SourceAnswer<Record>> {
  const endsAt = performance.now() + timeoutMs;
  const failures: SourceUnavailableError[] = [];
  for (const [index, ask] of asks.entries()) {
    const shareMs = Math.max(1, Math.round((endsAt - performance.now()) / (asks.length - index)));
    try {
      const answer = await withDeadline(signal, shareMs, (inTime) => ask(inTime, shareMs));
      return { ...answer, warnings: [...failures.map(failedOver(answer)), ...answer.warnings] };
    } catch (error) {
      if (!(error instanceof SourceUnavailableError) || signal.aborted) throw error;
      failures.push(error);
    }
  }
  throw allFailed(failures);
}

function failedOver({ use }: SourceAnswer<unknown>) {
  return ({ details }: SourceUnavailableError): Warning => ({
    code: 'SOURCE_UNAVAILABLE',
    country: null,
    currency: null,
    message: `${details}; ${use.source} was asked instead`,
  });
}

function allFailed(failures: SourceUnavailableError[]): SourceUnavailableError {
  const [first] = failures;
  if (first && failures.length === 1) return first;
  const names = failures.map(({ source }) => source).join(', ');
  const reasons = failures.map(({ source, reason }) => `${source}: ${reason}`).join('; ');
  return new SourceUnavailableError(names, reasons, first);
}
