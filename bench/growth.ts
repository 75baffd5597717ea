import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { message, startMeasurable } from './lib/process.js';
import type { BenchDatabase } from './refresh/far-database.js';

export interface GrowthPoint {
  rows: number;
  writeMs: number;
  /** Above what the process takes with nothing to write. */
  memoryMb: number;
  historyMs: number;
}

export interface Growth {
  database: string;
  points: GrowthPoint[];
}

/** Rows of rates written by the writer of a refresh, and a year of one currency read back, each size in a process. */
export async function measureGrowth(
  database: BenchDatabase | undefined,
  sizes: readonly number[],
): Promise<Growth[]> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const growths = [await grow('SQLite', (size) => `sqlite:${join(folder, `${size}.db`)}`, sizes)];
  if (database) growths.push(await grow('MariaDB', () => database.url(database.port), sizes));
  await rm(folder, { recursive: true });
  return growths;
}

async function grow(name: string, url: (size: number) => string, sizes: readonly number[]): Promise<Growth> {
  const points: GrowthPoint[] = [];
  for (const rows of sizes) {
    const writing = startMeasurable(new URL('growth-process.ts', import.meta.url), [url(rows), String(rows)]);
    const point = (await message(writing.child, 'point')) as GrowthPoint;
    points.push(point);
    await writing.stop();
  }
  return { database: name, points };
}
