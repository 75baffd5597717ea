import type { Snapshots } from '../countries/country.snapshot.js';
import { MS_PER_DAY } from '../days.js';
import { dataLicence, isMostlyBundled } from '../provenance/data-source.js';
import { VERSION } from '../runtime.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import type { RefreshService } from './refresh.service.js';
import type { Status } from './refresh.type.js';

interface StatusParts {
  snapshots: Pick<Snapshots, 'current'>;
  refreshes: Pick<RefreshService, 'running'> & { reports: Pick<RefreshService['reports'], 'lastSuccess'> };
  /** When the next scheduled refresh begins; null without a schedule. */
  nextRefreshAt(): Date | null;
}

export class StatusService {
  readonly #parts: StatusParts;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  async status(now = new Date()): Promise<Status> {
    const { snapshots, refreshes, nextRefreshAt } = this.#parts;
    const [{ countries, sources: served }, last, running] = await Promise.all([
      snapshots.current(),
      refreshes.reports.lastSuccess(),
      refreshes.running(),
    ]);
    const bundled = isMostlyBundled(served);
    const sources = [...served.values()];
    const lastRefreshedAt = last?.finishedAt ?? null;
    const ageMs = now.getTime() - Date.parse(lastRefreshedAt ?? '');
    return {
      totalCountries: countries.length,
      lastRefreshedAt,
      nextRefreshAt: nextRefreshAt()?.toISOString() ?? null,
      stale: bundled || !(ageMs <= MS_PER_DAY),
      bundled,
      running,
      sources,
      licence: dataLicence(sources),
      summaryImageUrl: last ? SUMMARY_IMAGE_PATH : null,
      version: VERSION,
    };
  }
}
