import { BadUserInputError } from '../errors.js';
import type { CountryFilter } from './country.args.js';

/** Deeper than anybody writes by hand. */
const MAX_DEPTH = 5;

/** More than a form with a box for everything needs, and what every database still takes as one expression. */
const MAX_FILTERS = 100;

/** More than there are countries. */
const MAX_VALUES = 1000;

/** Refuses what would be a burden for the database, or more than it takes. */
export function checkSize(filter: CountryFilter): void {
  if (countFilters(filter, 1) > MAX_FILTERS) {
    throw new BadUserInputError(`filter may hold at most ${MAX_FILTERS} filters`);
  }
}

function countFilters(filter: CountryFilter, depth: number): number {
  if (depth > MAX_DEPTH) throw new BadUserInputError(`filter may be nested at most ${MAX_DEPTH} deep`);
  checkLists(filter);
  const { all, any, not } = filter;
  const inner = [...(all ?? []), ...(any ?? []), ...(not ? [not] : [])];
  return inner.reduce((sum, one) => sum + countFilters(one, depth + 1), 1);
}

function checkLists(filter: CountryFilter): void {
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value) && value.length > MAX_VALUES) {
      throw new BadUserInputError(`${name} may hold at most ${MAX_VALUES} values`);
    }
  }
}
