import type { Mode } from './options.js';

export interface Plan {
  rounds: number;
  /** Of one measurement of a server under load. */
  seconds: number;
  /** Servers under load take turns within a round, so many each. */
  turns: number;
  turnSeconds: number;
  /** How often a quiet time is compared with one of refreshes. */
  phases: number;
  roundTrips: readonly number[];
  slowestSourceMs: number;
  /** What takes longer for a single refresh is estimated from its round trips. */
  patienceMs: number;
  /** How long a server is left alone before its memory is looked at. */
  restSeconds: number;
  /** Rows of the growing table. */
  sizes: readonly number[];
}

export const PLANS: Readonly<Record<Mode, Plan>> = {
  smoke: {
    rounds: 1,
    seconds: 0.3,
    turns: 1,
    turnSeconds: 0.3,
    phases: 1,
    roundTrips: [20],
    slowestSourceMs: 100,
    patienceMs: 1_000,
    restSeconds: 1,
    sizes: [250],
  },
  quick: {
    rounds: 1,
    seconds: 0.5,
    turns: 1,
    turnSeconds: 0.5,
    phases: 1,
    roundTrips: [100],
    slowestSourceMs: 500,
    patienceMs: 600,
    restSeconds: 20,
    sizes: [250, 2_500, 100_000],
  },
  full: {
    rounds: 5,
    seconds: 2,
    turns: 10,
    turnSeconds: 0.4,
    phases: 15,
    roundTrips: [20, 100, 500],
    slowestSourceMs: 2_500,
    patienceMs: 4_000,
    restSeconds: 60,
    sizes: [250, 2_500, 25_000, 250_000, 1_000_000],
  },
};
