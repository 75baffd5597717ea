import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { type DestinationStream, pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { type AppContext, createContext } from '../../../src/context.js';
import { settings } from '../../app.js';
import type { Upstream } from '../../upstream/upstream.js';

export interface Threaded extends Omit<AppContext, 'close'> {
  folder: string;
  /** The lines of its log. */
  log: Record<string, unknown>[];
  /** Those that have been started since, the ended ones too. */
  threads: Worker[];
  close(): Promise<void>;
}

/** What a server has, with its refreshes on another thread. */
export async function openThreaded(
  upstream: Upstream,
  databaseUrl: string,
  options: { idleMs?: number } = {},
): Promise<Threaded> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-thread-'));
  const config = readConfig(settings(upstream, databaseUrl, { CACHE_DIR: folder }));
  const log: Record<string, unknown>[] = [];
  const sink: DestinationStream = { write: (line) => log.push(JSON.parse(line)) };
  const threads: Worker[] = [];
  const onThread = (message: unknown) => threads.push((message as { worker: Worker }).worker);
  subscribe('worker_threads', onThread);
  const context = await createContext(config, pino({ level: 'info' }, sink), {
    ...options,
    refreshOn: 'another thread',
    leaseTimes: { expiryMs: 5_000, beatMs: 1_000, pollMs: 50 },
  });
  const close = async () => {
    await context.close();
    unsubscribe('worker_threads', onThread);
    await rm(folder, { recursive: true });
  };
  return { ...context, folder, log, threads, close };
}

/** Of a thread that has ended. */
export const ENDED = -1;
