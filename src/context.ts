// The decorators of the types read it, so it comes before all of them.
import 'reflect-metadata';
import type { Config } from './config.js';
import { CountryService } from './countries/country.service.js';
import { RemovedCountryService } from './countries/removed-country.service.js';
import { CurrencyService } from './currencies/currency.service.js';
import { RateService } from './currencies/rate.service.js';
import { connectDatabase } from './db/connect.js';
import type { Database } from './db/database.js';
import { AnswerCache } from './graphql/answer-cache.js';
import type { Services } from './graphql/request-context.js';
import type { Logger } from './logger.js';
import { createRefreshes } from './refresh/create-refreshes.js';
import { LEASE_TIMES, type LeaseTimes } from './refresh/lease.js';
import { RefreshSchedule } from './refresh/schedule.js';
import { AnswerMemory } from './refresh/sources/answer-memory.js';
import { createSources } from './refresh/sources/sources.js';
import { StatusService } from './refresh/status.service.js';
import { resolveCacheDir } from './summary/cache-dir.js';
import { createPictureStore, type PictureStore } from './summary/picture-store.js';
import { renderSummary } from './summary/render.js';
import type { Render } from './summary/summary.service.js';

/** What tests have otherwise. */
interface ContextOverrides {
  render?: Render;
  leaseTimes?: LeaseTimes;
}

export interface AppContext {
  config: Config;
  logger: Logger;
  database: Database;
  services: Services;
  picture: PictureStore;
  answers: AnswerCache;
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
  overrides: ContextOverrides = {},
): Promise<AppContext> {
  const onWarning = (message: string) => logger.warn(message);
  const database = await connectDatabase({ ...config.database, onWarning });
  try {
    return await buildContext(database, config, logger, overrides);
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
  { render = renderSummary, leaseTimes = LEASE_TIMES }: ContextOverrides,
): Promise<AppContext> {
  const migrations = await database.migrate();
  if (migrations.length > 0) logger.info({ migrations, database: database.label }, 'database migrated');
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const picture = createPictureStore(cacheDir);
  const memory = new AnswerMemory(cacheDir);
  await memory.load(database);
  const sources = createSources(config.sources, memory);
  const countries = new CountryService(database);
  const parts = { config: config.refresh, database, sources, picture, logger };
  const { refreshes, draw } = createRefreshes({ ...parts, render, times: leaseTimes });
  const { schedule: expression } = config.refresh;
  const schedule =
    expression === undefined
      ? null
      : new RefreshSchedule({ expression, refreshes, logger, random: Math.random });
  const services: Services = {
    countries,
    removedCountries: new RemovedCountryService(database),
    currencies: new CurrencyService(database),
    rates: new RateService(database),
    refreshes,
    status: new StatusService(countries, refreshes, picture, schedule),
  };
  return {
    config,
    logger,
    database,
    services,
    picture,
    answers: new AnswerCache({ maxBytes: config.http.answerCacheBytes, dataVersion: database.dataVersion }),
    schedule,
    async drawMissingPicture() {
      const last = await refreshes.reports.lastSuccess();
      if (last === null || (await picture.exists())) return;
      await draw(last).catch((err) => logger.warn({ err }, 'the summary picture could not be drawn'));
    },
    async close() {
      schedule?.stop();
      await refreshes.close();
      await sources.close();
      await database.close();
    },
  };
}
