import type { Growth } from './growth.js';
import type { Hostile } from './hostile/hostile.js';
import type { Measured } from './lib/rounds.js';
import type { Kind, ReadResult } from './reads/reads.js';
import type { Start } from './start.js';
import type { WhileRefreshing } from './while-refreshing.js';

/** Everything that one run has found out, fit for JSON. */
export interface Results {
  date: string;
  mode: string;
  machine: string[];
  peers: Record<string, string>;
  distance: DistanceResult[];
  reads: Record<Kind, ReadResult[]>;
  growth: Growth[];
  start: Start;
  whileRefreshing: WhileRefreshing;
  hostile: Hostile;
}

export interface DistanceResult {
  roundTripMs: number;
  slowestSourceMs: number;
  results: [name: string, ms: Measured][];
  /** From the number of round trips: too long to be waited for. */
  estimated: [name: string, ms: number][];
}
