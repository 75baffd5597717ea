import type { Config } from '../config.js';
import { GdpMethod } from '../countries/estimate.js';
import type { Database } from '../db/database.js';
import type { Opening } from '../db/opening.js';
import type { Logger } from '../logger.js';
import type { PictureStore } from '../summary/picture-store.js';
import { renderSummary } from '../summary/render.js';
import { type Render, SummaryService } from '../summary/summary.service.js';
import type { LeaseTimes } from './lease.js';
import { RefreshService } from './refresh.service.js';
import type { Refresh } from './refresh.type.js';
import type { SourceUse } from './source-use.type.js';
import type { Sources } from './sources/sources.js';

interface RefreshParts {
  config: Config['refresh'];
  database: Database;
  sources: Sources;
  picture: PictureStore;
  logger: Logger;
  /** Where the database is still being opened. */
  opening?: Opening;
  times?: LeaseTimes;
  render?: Render;
}

/** The refreshes of a process and what they draw, with nothing around them: no GraphQL, no HTTP. */
export function createRefreshes({
  config,
  database,
  picture,
  render = renderSummary,
  ...parts
}: RefreshParts) {
  const gdpMethod = config.gdpMethod === 'multiplier' ? GdpMethod.MULTIPLIER : GdpMethod.PER_CAPITA;
  const summary = new SummaryService(database, picture, render);
  const draw = (report: Refresh) => summary.draw(pictureFacts(report, gdpMethod));
  const { batchSize, keepReports } = config;
  const random = Math.random;
  const refreshes = new RefreshService({
    ...parts,
    database,
    gdpMethod,
    batchSize,
    keepReports,
    random,
    draw,
  });
  return { refreshes, draw };
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
