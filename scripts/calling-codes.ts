import type { Country } from 'world-countries';

/** Longer lists are area codes within one numbering plan. */
const MOST_CODES = 4;

/** The package has a root and what may follow it: "+2" and "25", or "+1" and every area code of the United States. */
export function callingCodes({ idd: { root, suffixes } }: Country): string[] {
  if (root === '') return [];
  if (suffixes.length === 0 || suffixes.length > MOST_CODES) return [root];
  return suffixes.map((suffix) => root + suffix);
}
