import type { Config } from '../config.js';
import type { Database } from '../db/database.js';
import { type Opening, opened } from '../db/opening.js';
import type { Logger } from '../logger.js';
import type { Sources } from '../sources/sources.js';
import type { PictureStore } from '../summary/image-store.js';
import type { Render } from '../summary/summary.service.js';
import { drawReport } from './draw-report.js';
import { LEASE_TIMES, type LeaseTimes } from './lease.js';
import { OwnRunner } from './own-refresh.js';

interface RunnerParts {
  config: Config['refresh'];
  database: Database;
  sources: Sources;
  picture: PictureStore;
  logger: Pick<Logger, 'warn'>;
  /** Where the database is still being opened. */
  opening?: Opening;
  times?: LeaseTimes;
  /** See OwnOptions. */
  rehearses?: boolean;
  render?: Render | undefined;
}

/** What runs refreshes on this thread, as the settings want it. */
export function createRunner({
  config: { batchSize, gdpMethod },
  picture,
  render,
  opening = opened,
  times = LEASE_TIMES,
  ...parts
}: RunnerParts): OwnRunner {
  const draw = drawReport({ database: parts.database, picture, gdpMethod, render });
  return new OwnRunner({ ...parts, opening, times, gdpMethod, batchSize, random: Math.random, draw });
}
