import type { Environment } from '../config.js';
import { GdpMethod } from '../countries/estimate.js';
import { cron, integer, oneOf } from './readers.js';

const ON_START = ['never', 'when-empty', 'when-stale', 'always'] as const;
const GDP_METHODS = { 'per-capita': GdpMethod.PER_CAPITA, multiplier: GdpMethod.MULTIPLIER } as const;
const GDP_METHOD_NAMES = Object.keys(GDP_METHODS) as (keyof typeof GDP_METHODS)[];

/** When and how refreshes run. */
export function readRefresh(env: Environment) {
  return Object.freeze({
    batchSize: integer(env, 'REFRESH_BATCH_SIZE', 100, { min: 1, max: 1000 }),
    onStart: oneOf(env, 'REFRESH_ON_START', ON_START, 'when-stale'),
    schedule: cron(env, 'REFRESH_SCHEDULE'),
    keepReports: integer(env, 'REFRESH_KEEP_REPORTS', 100, { min: 1, max: 10_000 }),
    gdpMethod: GDP_METHODS[oneOf(env, 'GDP_METHOD', GDP_METHOD_NAMES, 'per-capita')],
  });
}
