import type { StatusQuery } from './generated/graphql.ts';

/** The day of the newest rate that is served. */
export function latestRate(sources: StatusQuery['status']['sources']): string | null {
  const days = sources.flatMap(({ figures, observedTo }) => (figures === 'RATES' && observedTo ? [observedTo] : []));
  return days.sort().at(-1) ?? null;
}
