import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Growth } from './growth.js';
import type { Hostile } from './hostile/hostile.js';
import type { Circumstances } from './lib/machine.js';
import type { Mode, PartName } from './options.js';
import type { Kind, ReadResult } from './reads/reads.js';
import type { DistanceResult } from './refresh/at-distance.js';
import type { Start } from './start.js';
import type { WhileRefreshing } from './while-refreshing.js';

/** What each part has found out. */
export interface Found {
  refresh: DistanceResult[];
  reads: Record<Kind, ReadResult[]>;
  'while-refreshing': WhileRefreshing;
  growth: Growth[];
  hostile: Hostile;
  start: Start;
}

/** What was found, and how, when and on what. */
export interface Measurement<Name extends PartName> extends Circumstances {
  mode: Mode;
  found: Found[Name];
}

/** The last measurement of each part; they need not be of one run. */
export type Results = { [Name in PartName]?: Measurement<Name> };

const FILE = new URL('../docs/benchmarks/results.json', import.meta.url);

export async function readResults(): Promise<Results> {
  const text = await readFile(FILE, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Results;
}

export async function writeResults(results: Results): Promise<void> {
  await mkdir(new URL('.', FILE), { recursive: true });
  await writeFile(FILE, `${JSON.stringify(results, null, 2)}\n`);
}
