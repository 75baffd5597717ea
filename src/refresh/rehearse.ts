import { setImmediate as turn } from 'node:timers/promises';
import { merge } from './merge.js';
import type { Refresh } from './refresh.type.js';
import type { RunOptions } from './refresh-run.js';
import type { Stored } from './repository.js';
import { storeStatements } from './repository.js';

/** What runs for the first time is compiled for it, and what has run some times is compiled better. */
const TIMES = 2;

/**
 * Goes the way from the answers to the statements with the answers of last time, and nothing comes of it: in a new process
 * all of that would run for the first time when the last source has answered, and until then there is time. It goes in
 * steps, and ends with the signal; it fails where not all is remembered.
 */
export async function rehearse(
  { database, sources: { remembered }, gdpMethod, random, batchSize }: RunOptions,
  stored: Stored,
  report: Refresh,
  signal: AbortSignal,
): Promise<void> {
  const nextStep = async () => {
    await turn();
    signal.throwIfAborted();
  };
  for (let times = 0; times < TIMES; times++) {
    const rates = await remembered.rates(signal);
    await nextStep();
    const gdp = await remembered.gdp(signal);
    await nextStep();
    const countries = await remembered.countries(signal);
    await nextStep();
    const answers = { countries, rates, gdp, warnings: [] };
    const merged = merge(answers, stored, { now: new Date(), gdpMethod, random });
    for (const statement of storeStatements(database, merged, report, batchSize)) {
      await nextStep();
      statement.compile();
    }
  }
}
