import type { GdpMethod } from '../countries/gdp.js';
import type { Database } from '../db/database.js';
import type { PictureStore } from '../summary/image-store.js';
import { renderSummary } from '../summary/render.js';
import { type Render, SummaryService } from '../summary/summary.service.js';
import type { Refresh, SourceUse } from './refresh.type.js';

export interface DrawParts {
  database: Database;
  picture: PictureStore;
  gdpMethod: GdpMethod;
  render?: Render | undefined;
}

/** Draws what the database holds, with the credits that stand in the report of the refresh which brought it. */
export function drawReport({ database, picture, gdpMethod, render = renderSummary }: DrawParts) {
  const summary = new SummaryService(database, picture, render);
  return ({ finishedAt, startedAt, sources }: Refresh): Promise<void> =>
    summary.draw({
      refreshedAt: finishedAt ?? startedAt,
      sources: sources.map(shortCredit),
      bundled: sources.some((use) => use.bundled),
      gdpMethod,
    });
}

/** The licences ask for a credit where the figures are shown; the picture has two lines for all of them. */
function shortCredit({ attribution, licence }: SourceUse): string {
  return `${attribution.split(/ \(|: |, from /, 1)[0]} (${licence})`;
}
