import type { CountryService } from '../countries/country.service.js';
import { type ReferenceUse, referenceUses } from '../countries/reference.js';
import { VERSION } from '../runtime.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import { Figures } from './phases.js';
import type { RefreshService } from './refresh.service.js';
import type { SourceUse, Status } from './refresh.type.js';

const MS_PER_DAY = 24 * 60 * 60 * 1000;

interface StatusParts {
  countries: Pick<CountryService, 'count'>;
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
    const { countries, refreshes, nextRefreshAt } = this.#parts;
    const [totalCountries, last, running] = await Promise.all([
      countries.count(),
      refreshes.reports.lastSuccess(),
      refreshes.running(),
    ]);
    // GDP figures are years old by nature, bundled or not.
    const bundled = last?.sources.some((use) => use.bundled && use.provides !== Figures.GDP) ?? false;
    const lastRefreshedAt = last?.finishedAt ?? null;
    const ageMs = now.getTime() - Date.parse(lastRefreshedAt ?? '');
    return {
      totalCountries,
      lastRefreshedAt,
      nextRefreshAt: nextRefreshAt()?.toISOString() ?? null,
      stale: bundled || !(ageMs <= MS_PER_DAY),
      bundled,
      running,
      sources: last ? [...last.sources, ...referenceUses().map(asSource)] : [],
      summaryImageUrl: last ? SUMMARY_IMAGE_PATH : null,
      version: VERSION,
    };
  }
}

function asSource(use: ReferenceUse): SourceUse {
  return { provides: Figures.REFERENCE, reused: false, ...use };
}
