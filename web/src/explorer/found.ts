import type { SearchQuery } from '../generated/graphql.ts';

interface Match {
  /** Lower ranks come first; matches of the same rank are ordered by population. */
  rank: number;
  /** The name that matched; null where it is not known. */
  name: string | null;
  locale: string | null;
}

/** What a search has found, by the code of the country. */
export type Found = ReadonlyMap<string, Match>;

/** As many as the query asks the search for, which returns no more at once. */
const RANKED = 100;

/** The ranked matches, and after them all others: first those that start with the text, as the search ranks them. */
export function foundBy({ searchCountries, starting, containing }: SearchQuery): Found {
  const found = new Map<string, Match>();
  for (const [rank, { country, matchedName, locale }] of searchCountries.entries()) {
    found.set(country.code, { rank, name: matchedName, locale: locale ?? null });
  }
  // The search knows best what matches: it ignores punctuation, for instance.
  if (found.size < RANKED) return found;
  for (const [index, { nodes }] of [starting, containing].entries()) {
    for (const { code } of nodes) {
      if (!found.has(code)) found.set(code, { rank: RANKED + index, name: null, locale: null });
    }
  }
  return found;
}
