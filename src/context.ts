// The decorators of the types need it, so it comes first.
import 'reflect-metadata';
import type { Config } from './config.js';
import { SnapshotCache } from './countries/snapshot-cache.js';
import { connectDatabase } from './db/connect.js';
import type { Database } from './db/database.js';
import type { Services } from './graphql/context.js';
import { ResponseCache } from './graphql/response-cache.js';
import type { Logger } from './logger.js';
import type { LeaseTimes } from './refresh/lease.js';
import { RefreshService } from './refresh/refresh.service.js';
import { RefreshSchedule } from './refresh/schedule.js';
import { StatusService } from './refresh/status.service.js';
import { createSources } from './sources/sources.js';
import { createPictureStore, resolveCacheDir } from './summary/image-store.js';
import { type Render, SummaryService } from './summary/summary.service.js';

interface ContextOptions {
  leaseTimes?: LeaseTimes;
  render?: Render;
}

export interface AppContext {
  config: Config;
  logger: Logger;
  database: Database;
  services: Services;
  summary: SummaryService;
  responses: ResponseCache;
  /** Null without REFRESH_SCHEDULE. It is not started yet. */
  schedule: RefreshSchedule | null;
  /** Closes what was opened here, in reverse order. */
  close(): Promise<void>;
}

/** Builds all services of a server on a connected and migrated database. */
export async function createContext(config: Config, logger: Logger, options: ContextOptions = {}): Promise<AppContext> {
  const onWarning = (message: string) => logger.warn(message);
  const database = await connectDatabase({ ...config.database, onWarning });
  try {
    return await buildContext(database, config, logger, options);
  } catch (error) {
    // An error of closing would hide the cause.
    await database.close().catch(() => undefined);
    throw error;
  }
}

async function buildContext(
  database: Database,
  config: Config,
  logger: Logger,
  { leaseTimes: times, render }: ContextOptions,
): Promise<AppContext> {
  // The first refresh needs nearly all of the pool. On a slow link, connections take longer to open than the sources to
  // answer.
  database.connect(config.database.poolSize - 1).catch(() => undefined);
  const migrations = await database.migrate();
  if (migrations.length > 0) logger.info({ migrations, database: database.label }, 'database migrated');
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const sources = createSources(config.sources, { cacheDir });
  const refreshes = new RefreshService({
    database,
    sources,
    logger,
    ...config.refresh,
    ...(times && { times }),
    draw: () => summary.draw(),
  });
  const snapshots = new SnapshotCache(database);
  const summary = new SummaryService({
    snapshots,
    pictures: createPictureStore(cacheDir),
    gdpMethod: config.refresh.gdpMethod,
    logger,
    render,
  });
  const { schedule: expression } = config.refresh;
  const schedule =
    expression === undefined ? null : new RefreshSchedule({ expression, refreshes, logger, random: Math.random });
  const status = new StatusService({ snapshots, refreshes, nextRefreshAt: () => schedule?.nextAt ?? null });
  return {
    config,
    logger,
    database,
    services: { snapshots, refreshes, status },
    summary,
    responses: new ResponseCache(config.http.responseCacheBytes, () => snapshots.version()),
    schedule,
    async close() {
      schedule?.stop();
      await refreshes.close();
      await sources.close();
      await database.close();
    },
  };
}
