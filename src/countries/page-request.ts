import { BadUserInputError } from '../errors.js';
import type { CountryFilter, CountryOrder } from './country.args.js';
import { type Position, type SortKey, sortKeys } from './country-order.js';
import { fromCursor } from './cursor.js';

/** More than there are countries: one page can always hold them all. */
const MAX_PAGE = 1000;

type Optional<T> = T | null | undefined;

export interface CountryQuery {
  filter?: Optional<CountryFilter>;
  orderBy?: Optional<CountryOrder[]>;
  first?: Optional<number>;
  after?: Optional<string>;
  last?: Optional<number>;
  before?: Optional<string>;
}

/** One page as it is asked for, checked. */
export interface PageRequest {
  filter: Optional<CountryFilter>;
  keys: SortKey[];
  limit: number;
  /** The page is counted from the end. */
  backwards: boolean;
  after: Position | null;
  before: Position | null;
}

/** Throws BadUserInputError for what makes no sense. */
export function pageRequest({ filter, orderBy, first, after, last, before }: CountryQuery): PageRequest {
  if (isGiven(first) && isGiven(last)) throw new BadUserInputError('Give either first or last');
  const keys = sortKeys(orderBy);
  return {
    filter,
    keys,
    limit: isGiven(last) ? pageSize('last', last) : pageSize('first', first ?? MAX_PAGE),
    backwards: isGiven(last),
    after: isGiven(after) ? fromCursor(after, keys) : null,
    before: isGiven(before) ? fromCursor(before, keys) : null,
  };
}

function isGiven<T>(value: Optional<T>): value is T {
  return value !== null && value !== undefined;
}

function pageSize(name: string, wanted: number): number {
  if (wanted < 0 || wanted > MAX_PAGE) throw new BadUserInputError(`${name} must be from 0 to ${MAX_PAGE}`);
  return wanted;
}
