import { GraphQLError } from 'graphql';
import type { CountedLimit, QueryLimits } from '../../config/limits.js';

const WHAT: Record<CountedLimit, string> = {
  QUERY_MAX_TOKENS: 'tokens',
  QUERY_MAX_DEPTH: 'levels of fields',
  QUERY_MAX_ALIASES: 'aliases',
  QUERY_MAX_DIRECTIVES: 'directives',
  QUERY_MAX_DUPLICATES: 'fields and fragments that stand in one place more than once',
  QUERY_MAX_COST: 'fields in its answer, by the sizes of its lists',
  QUERY_MAX_INPUTS: 'values in its arguments and variables',
  QUERY_MAX_INPUT_DEPTH: 'levels of lists and objects in its arguments and variables',
};

/** Throws QUERY_TOO_COMPLEX, which names the limit and the figure of the query. */
export function expectWithin(limits: QueryLimits, limit: CountedLimit, actual: number): void {
  const allowed = limits[limit];
  if (actual <= allowed) return;
  throw tooComplex(`The query has ${actual} ${WHAT[limit]}; ${limit} is ${allowed}`, {
    limit,
    allowed,
    actual,
  });
}

export function tooComplex(message: string, figures: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 }, ...figures },
  });
}
