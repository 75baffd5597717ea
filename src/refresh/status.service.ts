import { setTimeout as sleep } from 'node:timers/promises';
import type { SnapshotCache } from '../countries/snapshot-cache.js';
import { MS_PER_DAY } from '../days.js';
import { DatabaseUnavailableError } from '../errors.js';
import { dataLicence, isMostlyBundled } from '../provenance/data-source.js';
import { VERSION } from '../runtime.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import type { RefreshService } from './refresh.service.js';
import type { Refresh, Status } from './refresh.type.js';
import { ageOf } from './report.js';

interface StatusParts {
  snapshots: Pick<SnapshotCache, 'current' | 'unansweredMs'>;
  refreshes: Pick<RefreshService, 'running'>;
  /** When the next scheduled refresh begins; null without a schedule. */
  nextRefreshAt(): Date | null;
}

/** How long the status waits for the refresh that is running. */
const WAIT_MS = 2_000;

export class StatusService {
  readonly #parts: StatusParts;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  async status(now = new Date()): Promise<Status> {
    const { snapshots, nextRefreshAt } = this.#parts;
    const [{ countries, sources: served, lastRefresh }, running] = await Promise.all([
      snapshots.current(),
      this.#running(),
    ]);
    const bundled = isMostlyBundled(served);
    const sources = [...served.values()];
    const lastRefreshedAt = lastRefresh?.finishedAt ?? null;
    const ageMs = ageOf(lastRefreshedAt, now.getTime());
    const isOld = ageMs === null || ageMs > MS_PER_DAY;
    return {
      totalCountries: countries.length,
      lastRefreshedAt,
      nextRefreshAt: nextRefreshAt()?.toISOString() ?? null,
      stale: bundled || isOld || snapshots.unansweredMs() !== null,
      bundled,
      running,
      sources,
      licence: dataLicence(sources),
      summaryImageUrl: lastRefresh ? SUMMARY_IMAGE_PATH : null,
      version: VERSION,
    };
  }

  /** Also null while the database does not answer. */
  async #running(): Promise<Refresh | null> {
    const { snapshots, refreshes } = this.#parts;
    if (snapshots.unansweredMs() !== null) return null;
    const running = refreshes.running().catch((error: unknown) => {
      if (error instanceof DatabaseUnavailableError) return null;
      throw error;
    });
    return Promise.race([running, sleep(WAIT_MS, null, { ref: false })]);
  }
}
