// The decorators of the types read it, so it comes before all of them.
import 'reflect-metadata';
import type { Config } from './config.js';
import { CountryService } from './countries/country.service.js';
import { GdpMethod } from './countries/estimate.js';
import { RemovedCountryService } from './countries/removed-country.service.js';
import { CurrencyService } from './currencies/currency.service.js';
import { RateService } from './currencies/rate.service.js';
import { connectDatabase } from './db/connect.js';
import type { Database } from './db/database.js';
import { AnswerCache } from './graphql/answer-cache.js';
import type { Services } from './graphql/request-context.js';
import type { Logger } from './logger.js';
import { LEASE_TIMES, type LeaseTimes } from './refresh/lease.js';
import { RefreshService } from './refresh/refresh.service.js';
import type { Refresh } from './refresh/refresh.type.js';
import { RefreshSchedule } from './refresh/schedule.js';
import type { SourceUse } from './refresh/source-use.type.js';
import { AnswerMemory } from './refresh/sources/answer-memory.js';
import { createSources } from './refresh/sources/sources.js';
import { StatusService } from './refresh/status.service.js';
import { resolveCacheDir } from './summary/cache-dir.js';
import { createPictureStore, type PictureStore } from './summary/picture-store.js';
import { renderSummary } from './summary/render.js';
import { type Render, SummaryService } from './summary/summary.service.js';

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
  const picture = createPictureStore(await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault));
  const gdpMethod = config.refresh.gdpMethod === 'multiplier' ? GdpMethod.MULTIPLIER : GdpMethod.PER_CAPITA;
  const memory = new AnswerMemory(database);
  await memory.load();
  const sources = createSources(config.sources, memory);
  const countries = new CountryService(database);
  const summary = new SummaryService(database, picture, render);
  const draw = (report: Refresh) => summary.draw(pictureFacts(report, gdpMethod));
  const refreshes = new RefreshService({
    database,
    sources,
    logger,
    gdpMethod,
    batchSize: config.refresh.batchSize,
    keepReports: config.refresh.keepReports,
    times: leaseTimes,
    random: Math.random,
    draw,
  });
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

function pictureFacts({ finishedAt, startedAt, sources }: Refresh, gdpMethod: GdpMethod) {
  return {
    refreshedAt: finishedAt ?? startedAt,
    sources: sources.map(shortCredit),
    bundled: sources.some((use) => use.bundled),
    gdpMethod,
  };
}

/** The licences ask for a credit where the figures are shown; the picture has two lines for all of them. */
function shortCredit({ attribution, licence }: SourceUse): string {
  return `${attribution.split(/ \(|: |, from /, 1)[0]} (${licence})`;
}
