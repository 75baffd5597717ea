import type { CountryService } from '../countries/country.service.js';
import { referenceUse } from '../countries/reference.js';
import { VERSION } from '../runtime.js';
import type { PictureStore } from '../summary/image-store.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import { Figures } from './phases.js';
import type { RefreshService } from './refresh.service.js';
import type { Status } from './refresh.type.js';
import type { RefreshSchedule } from './schedule.js';

const MS_PER_DAY = 24 * 60 * 60 * 1000;

export class StatusService {
  readonly #countries: CountryService;
  readonly #refreshes: RefreshService;
  readonly #picture: PictureStore;
  readonly #schedule: RefreshSchedule | null;

  constructor(
    countries: CountryService,
    refreshes: RefreshService,
    picture: PictureStore,
    schedule: RefreshSchedule | null = null,
  ) {
    this.#schedule = schedule;
    this.#countries = countries;
    this.#refreshes = refreshes;
    this.#picture = picture;
  }

  async status(now = new Date()): Promise<Status> {
    const [totalCountries, last, hasPicture, running] = await Promise.all([
      this.#countries.count(),
      this.#refreshes.reports.lastSuccess(),
      this.#picture.exists(),
      this.#refreshes.running(),
    ]);
    // GDP figures are years old by nature, bundled or not.
    const bundled = last?.sources.some((use) => use.bundled && use.provides !== Figures.GDP) ?? false;
    const lastRefreshedAt = last?.finishedAt ?? null;
    const age =
      lastRefreshedAt === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(lastRefreshedAt);
    return {
      totalCountries,
      lastRefreshedAt,
      nextRefreshAt: this.#schedule?.nextAt?.toISOString() ?? null,
      stale: bundled || age > MS_PER_DAY,
      bundled,
      running,
      sources: last
        ? [...last.sources, { provides: Figures.REFERENCE, reused: false, ...referenceUse() }]
        : [],
      summaryImageUrl: hasPicture ? SUMMARY_IMAGE_PATH : null,
      version: VERSION,
    };
  }
}
