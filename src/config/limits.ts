import { isLoopback } from '../access.js';
import type { Environment } from '../config.js';
import { integer, text } from './readers.js';

/** A minute; one to two seconds of a processor. A sixth of it, as much as one query may cost, can be spent at once. */
const COST_IN_PUBLIC = 300_000;

export type QueryLimits = ReturnType<typeof readLimits>;

export type CountedLimit = Extract<keyof QueryLimits, `QUERY_MAX_${string}`>;

/**
 * What one query may cost. The defaults let every sensible query pass, all countries with everything about them among
 * these, and the introspection of every tool.
 */
export function readLimits(env: Environment) {
  const host = text(env, 'HOST', '127.0.0.1');
  const most = (name: string, fallback: number) => integer(env, name, fallback, { min: 1, max: 10 ** 9 });
  return Object.freeze({
    /** Bodies are refused before they are read as JSON. */
    bodyBytes: most('BODY_MAX_KB', 100) * 1024,
    QUERY_MAX_TOKENS: most('QUERY_MAX_TOKENS', 2000),
    /** Levels of fields. */
    QUERY_MAX_DEPTH: most('QUERY_MAX_DEPTH', 15),
    QUERY_MAX_ALIASES: most('QUERY_MAX_ALIASES', 50),
    QUERY_MAX_DIRECTIVES: most('QUERY_MAX_DIRECTIVES', 50),
    /** Fields and fragments that stand in one place more than once. */
    QUERY_MAX_DUPLICATES: most('QUERY_MAX_DUPLICATES', 50),
    /** Fields in the answer, as far as the sizes of its lists can be known beforehand. */
    QUERY_MAX_COST: most('QUERY_MAX_COST', 50_000),
    /** Values in arguments and variables. */
    QUERY_MAX_INPUTS: most('QUERY_MAX_INPUTS', 1000),
    /** Levels of lists and objects in them. */
    QUERY_MAX_INPUT_DEPTH: most('QUERY_MAX_INPUT_DEPTH', 20),
    /** What the queries of one client may cost together; 0 for no limit. */
    costPerMinute: integer(env, 'COST_LIMIT', isLoopback(host) ? 0 : COST_IN_PUBLIC, {
      min: 0,
      max: 10 ** 12,
    }),
    timeoutMs: most('QUERY_TIMEOUT', 10) * 1000,
  });
}
