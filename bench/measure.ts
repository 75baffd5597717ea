import { measureGrowth } from './growth.js';
import { measureHostile } from './hostile/hostile.js';
import { circumstances, loadNow } from './lib/machine.js';
import type { Options, PartName } from './options.js';
import { PLANS, type Plan } from './plans.js';
import { measureReads } from './reads/reads.js';
import { measureDistances } from './refresh/at-distance.js';
import { type BenchDatabase, startBenchDatabase } from './refresh/far-database.js';
import { writeReport } from './report/report.js';
import { type Found, type Measurement, readResults, writeResults } from './results.js';
import { measureStart } from './start.js';
import { measureWhileRefreshing } from './while-refreshing.js';

type Say = (line: string) => void;

interface Setting {
  plan: Plan;
  /** Undefined where no MariaDB or MySQL is installed. */
  database: BenchDatabase | undefined;
  say: Say;
}

const MEASURES: { [Name in PartName]: (setting: Setting) => Promise<Found[Name]> } = {
  refresh: ({ database, plan, say }) => measureDistances(database, plan, say),
  reads: ({ plan }) => measureReads(plan),
  'while-refreshing': ({ plan }) => measureWhileRefreshing(plan.phases, plan.seconds * 4),
  growth: ({ database, plan }) => measureGrowth(database, plan.sizes),
  hostile: ({ plan }) => measureHostile(plan.rounds, plan.seconds * 4),
  start: ({ plan }) => measureStart(plan.rounds, plan.restSeconds),
};

/** One part after the other, so that none disturbs another. What a part has found is kept even if a later one fails. */
export async function measure({ mode, parts }: Options, say: Say): Promise<void> {
  const database = await startBenchDatabase();
  try {
    for (const part of parts) {
      const measured = await measurePart(part, { plan: PLANS[mode], database, say }, mode);
      if (mode !== 'smoke') await keep(part, measured);
    }
  } finally {
    await database?.stop();
  }
}

async function measurePart<Name extends PartName>(
  part: Name,
  setting: Setting,
  mode: Options['mode'],
): Promise<Measurement<Name>> {
  const loadBefore = loadNow();
  setting.say(`${part}: load of the machine ${loadBefore.text}`);
  if (loadBefore.isBusy) setting.say('  it is busy with something else, and the figures will show it');
  const found = await MEASURES[part](setting);
  return { mode, ...circumstances(setting.database?.version, loadBefore.text), found };
}

async function keep<Name extends PartName>(part: Name, measured: Measurement<Name>): Promise<void> {
  const results = { ...(await readResults()), [part]: measured };
  await writeResults(results);
  await writeReport(results, new URL('../docs/', import.meta.url));
}
