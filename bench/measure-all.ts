import { measureGrowth } from './growth.js';
import { measureHostile } from './hostile/hostile.js';
import { machineFacts, peerVersions } from './lib/machine.js';
import { measureReads } from './reads/reads.js';
import { refreshAtDistance } from './refresh/at-distance.js';
import { type BenchDatabase, startBenchDatabase } from './refresh/far-database.js';
import type { DistanceResult, Results } from './results.js';
import { measureStart } from './start.js';
import { measureWhileRefreshing } from './while-refreshing.js';

type Mode = 'smoke' | 'quick' | 'full';

const PLANS = {
  smoke: { rounds: 1, seconds: 0.3, roundTrips: [20], slowestSourceMs: 100, patienceMs: 1_000, sizes: [250] },
  quick: {
    rounds: 2,
    seconds: 0.5,
    roundTrips: [20, 100],
    slowestSourceMs: 500,
    patienceMs: 1_000,
    sizes: [250, 10_000, 100_000],
  },
  full: {
    rounds: 5,
    seconds: 2,
    roundTrips: [20, 100, 500],
    slowestSourceMs: 2_500,
    patienceMs: 4_000,
    sizes: [250, 2_500, 25_000, 250_000, 1_000_000],
  },
} as const;

/** One part after the other, so that none disturbs another. */
export async function measureAll(mode: Mode, tell: (part: string) => void): Promise<Results> {
  const plan = PLANS[mode];
  const database = await startBenchDatabase();
  const distance: DistanceResult[] = [];
  for (const roundTripMs of database ? plan.roundTrips : []) {
    tell(`refresh with the database ${roundTripMs} ms away`);
    distance.push(await atDistance(database as BenchDatabase, { ...plan, roundTripMs }));
  }
  tell('reads');
  const reads = await measureReads(plan);
  tell('queries while refreshing');
  const whileRefreshing = await measureWhileRefreshing(plan.rounds, plan.seconds * 2);
  tell('growth');
  const growth = await measureGrowth(database, plan.sizes);
  tell('start');
  const start = await measureStart(plan.rounds);
  tell('an honest client beside hostile ones');
  const hostile = await measureHostile(plan.rounds, plan.seconds * 4);
  await database?.stop();
  const machine = machineFacts(database?.version);
  const date = new Date().toISOString();
  return {
    date,
    mode,
    machine,
    peers: peerVersions(),
    distance,
    reads,
    growth,
    start,
    whileRefreshing,
    hostile,
  };
}

async function atDistance(
  database: BenchDatabase,
  options: { roundTripMs: number; slowestSourceMs: number; rounds: number; patienceMs: number },
): Promise<DistanceResult> {
  const { results, estimated, ...rest } = await refreshAtDistance(database, options);
  return { ...rest, results: [...results], estimated: [...estimated] };
}
