// The decorators of the types read it, so it comes before all of them.
import 'reflect-metadata';
import type { Config } from './config.js';
import { CountryService } from './countries/country.service.js';
import { SnapshotCache } from './countries/country.snapshot.js';
import { connectDatabase } from './db/connect.js';
import type { Database } from './db/database.js';

import type { Services } from './graphql/context.js';
import { ResponseCache } from './graphql/response-cache.js';
import type { Logger } from './logger.js';
import { drawReport } from './refresh/draw-report.js';
import { LEASE_TIMES, type LeaseTimes } from './refresh/lease.js';
import { openRunner, type RunnerOptions } from './refresh/open-runner.js';
import { RefreshService } from './refresh/refresh.service.js';
import { RefreshSchedule } from './refresh/schedule.js';
import { StatusService } from './refresh/status.service.js';
import { createPictureStore, type PictureStore, resolveCacheDir } from './summary/image-store.js';

interface ContextOptions extends RunnerOptions {
  leaseTimes?: LeaseTimes;
}

export interface AppContext {
  config: Config;
  logger: Logger;
  database: Database;
  services: Services;
  picture: PictureStore;
  responses: ResponseCache;
  /** Null without REFRESH_SCHEDULE. It waits for its start. */
  schedule: RefreshSchedule | null;
  /** Draws the picture of the last refresh where it is not there: a new machine, an emptied folder. */
  drawMissingPicture(): Promise<void>;
  /** Closes what was opened here, in the opposite order. */
  close(): Promise<void>;
}

/** Builds everything there is and hands it over; the database is connected and migrated. */
export async function createContext(
  config: Config,
  logger: Logger,
  options: ContextOptions = {},
): Promise<AppContext> {
  const onWarning = (message: string) => logger.warn(message);
  const database = await connectDatabase({ ...config.database, onWarning });
  try {
    return await buildContext(database, config, logger, options);
  } catch (error) {
    // Why it failed has to be heard of, not what else fails because of it.
    await database.close().catch(() => undefined);
    throw error;
  }
}

async function buildContext(
  database: Database,
  config: Config,
  logger: Logger,
  { leaseTimes: times = LEASE_TIMES, ...options }: ContextOptions,
): Promise<AppContext> {
  const migrations = await database.migrate();
  if (migrations.length > 0) logger.info({ migrations, database: database.label }, 'database migrated');
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const picture = createPictureStore(cacheDir);
  const parts = { config, logger, database, cacheDir, picture, times };
  const { runner, close } = await openRunner(parts, options);
  const { schedule: expression, keepReports, gdpMethod } = config.refresh;
  const refreshes = new RefreshService({ runner, database, logger, keepReports, times });
  const snapshots = new SnapshotCache(database);
  const countries = new CountryService(snapshots);
  const schedule =
    expression === undefined
      ? null
      : new RefreshSchedule({ expression, refreshes, logger, random: Math.random });
  const services: Services = {
    snapshots,
    countries,
    refreshes,
    status: new StatusService(countries, refreshes, picture, schedule),
  };
  return {
    config,
    logger,
    database,
    services,
    picture,
    responses: new ResponseCache({
      maxBytes: config.http.answerCacheBytes,
      dataVersion: database.dataVersion,
    }),
    schedule,
    async drawMissingPicture() {
      // That of the first refresh may be under way.
      await refreshes.drawn();
      const last = await refreshes.reports.lastSuccess();
      if (last === null || (await picture.exists())) return;
      // It draws the newer one.
      if (await refreshes.running()) return;
      const draw = drawReport({ database, picture, gdpMethod, render: options.render });
      await draw(last).catch((err) => logger.warn({ err }, 'the summary picture could not be drawn'));
    },
    async close() {
      schedule?.stop();
      await refreshes.close();
      await close();
      await database.close();
    },
  };
}
