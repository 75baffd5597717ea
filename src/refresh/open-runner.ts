import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { isPrivate } from '../db/url.js';
import type { Logger } from '../logger.js';
import type { PictureStore } from '../summary/image-store.js';
import type { Render } from '../summary/summary.service.js';
import type { LeaseTimes } from './lease.js';
import type { Runner } from './runner.js';

interface Surroundings {
  config: Config;
  logger: Logger;
  database: Database;
  cacheDir: string;
  picture: PictureStore;
  times: LeaseTimes;
}

export interface RunnerOptions {
  /** Another one where the database can be had from there, which one in memory cannot. */
  refreshOn?: 'this thread' | 'another thread';
  /** Another thread draws with its own. */
  render?: Render | undefined;
  /** How long another thread stays for the next refresh. */
  idleMs?: number;
}

interface OpenRunner {
  runner: Runner;
  close(): Promise<void>;
}

/**
 * What the refreshes of a server run on. Each is loaded where it is wanted: a server that has its refreshes elsewhere
 * does not keep in its own memory what asks the sources.
 */
export function openRunner(
  parts: Surroundings,
  { refreshOn, render, idleMs }: RunnerOptions,
): Promise<OpenRunner> {
  const isElsewhere = refreshOn === 'another thread' && !isPrivate(parts.config.database.url);
  return isElsewhere ? onAnotherThread(parts, idleMs) : onThisThread(parts, render);
}

async function onAnotherThread(
  { config, logger, database, cacheDir, times }: Surroundings,
  idleMs: number | undefined,
): Promise<OpenRunner> {
  const { RefreshThread } = await import('./thread/refresh-thread.js');
  const { sources, refresh } = config;
  // A refresh asks for less at once than a server full of queries.
  const connections = { ...config.database, maxOverflow: 0 };
  const its = { config: { database: connections, sources, refresh }, cacheDir, times };
  const runner = new RefreshThread({ ...its, logger, database, idleMs });
  return { runner, close: () => runner.close() };
}

async function onThisThread(
  { config, cacheDir, ...parts }: Surroundings,
  render: Render | undefined,
): Promise<OpenRunner> {
  const { AnswerMemory } = await import('../sources/response-cache.js');
  const { createSources } = await import('../sources/sources.js');
  const { createRunner } = await import('./create-runner.js');
  const memory = new AnswerMemory(cacheDir);
  await memory.load(parts.database);
  const sources = createSources(config.sources, memory);
  const runner = createRunner({ ...parts, config: config.refresh, sources, render });
  return { runner, close: () => sources.close() };
}
