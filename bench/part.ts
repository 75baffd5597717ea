import type { BenchDatabase } from './lib/database.js';
import type { Measured } from './lib/statistics.js';

export const PART_NAMES = [
  'refresh',
  'new-queries',
  'reads',
  'while-refreshing',
  'growth',
  'hostile',
  'start',
  'page',
] as const;
export type PartName = (typeof PART_NAMES)[number];

/** What is measured separately, how it is reported, and what it says about the floors. */
export interface Part<Found> {
  measure(setting: Setting): Promise<Found>;
  sections(found: Found): Section[];
  floors(found: Found): Floor[];
}

export interface Setting {
  plan: Plan;
  /** Undefined where no MariaDB or MySQL is installed. */
  database: BenchDatabase | undefined;
  say(line: string): void;
}

export type Mode = keyof typeof PLANS;
export type Plan = (typeof PLANS)['full'];

const full = {
  /** Refreshes at each distance: of a warm server; of a cold one, with TLS and of near peers; of peers further away. */
  refresh: {
    roundTrips: [20, 100, 500],
    slowestSourceMs: 2_500,
    patienceMs: 4_000,
    warm: 5,
    cold: 3,
    peers: 2,
  },
  newQueries: 3,
  /** Each round starts new processes; each turn puts them under load once. */
  reads: { rounds: 3, turns: 5, turnSeconds: 1, warmUpSeconds: 2 },
  windows: { count: 8, quietSeconds: 7, refreshSeconds: 4 },
  /** Rows of the growing table. */
  sizes: [250, 2_500, 25_000, 250_000, 1_000_000],
  hostileMinutes: 0.15,
  start: { times: 5, restSeconds: 60 },
  pageLoads: 10,
};

export const PLANS = {
  full,
  quick: {
    refresh: { roundTrips: [100], slowestSourceMs: 500, patienceMs: 600, warm: 3, cold: 1, peers: 1 },
    newQueries: 1,
    reads: { rounds: 1, turns: 2, turnSeconds: 0.25, warmUpSeconds: 1.5 },
    windows: { count: 3, quietSeconds: 3, refreshSeconds: 2 },
    sizes: [25_000, 100_000],
    hostileMinutes: 0.05,
    start: { times: 2, restSeconds: 15 },
    pageLoads: 5,
  },
  smoke: {
    refresh: { roundTrips: [20], slowestSourceMs: 100, patienceMs: 1_000, warm: 1, cold: 1, peers: 1 },
    newQueries: 1,
    reads: { rounds: 1, turns: 1, turnSeconds: 0.2, warmUpSeconds: 0.1 },
    windows: { count: 1, quietSeconds: 0.5, refreshSeconds: 0.5 },
    sizes: [250],
    hostileMinutes: 0.01,
    start: { times: 1, restSeconds: 0 },
    pageLoads: 1,
  },
} satisfies Record<string, typeof full>;

/** A table of the page, with a chart of one of its columns on request. */
export interface Section {
  title: string;
  intro?: string;
  chart?: { file: string; title: string; column: number };
  heads: string[];
  rows: Cell[][];
  notes?: [what: string, figure: Cell][];
}

export type Cell = string | number | Measured;

/** The limit that the project has set itself, and the figure. */
export interface Floor {
  what: string;
  is: 'at least' | 'at most';
  floor: number;
  figure: number;
}

export function atLeast(floor: number, what: string, figure = Number.NaN): Floor {
  return { what, is: 'at least', floor, figure };
}

export function atMost(floor: number, what: string, figure = Number.NaN): Floor {
  return { what, is: 'at most', floor, figure };
}

export function isOurs(name: string): boolean {
  return name.startsWith('country-exchange');
}
