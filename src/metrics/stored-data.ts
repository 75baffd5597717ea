import { setTimeout as delay } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { StatusService } from '../refresh/status.service.js';
import type { Status } from '../refresh/status.type.js';

/** Prometheus gives a scrape up after ten seconds, and then has none of the figures. */
const ANSWER_WITHIN_MS = 5_000;

/** Returns what brings them up to date from the database: to be waited for before each scrape is written. */
export function describeData(registry: Registry, status: StatusService): () => Promise<void> {
  const { up, observed, ...single } = createFigures([registry]);
  return async () => {
    // The figures of the process are wanted most of all when the database does not answer.
    const tooLate = delay(ANSWER_WITHIN_MS, null, { ref: false });
    const now = await Promise.race([status.status().catch(() => null), tooLate]);
    up.set(Number(now !== null));
    // What is not known is missing: 0 would be the year 1970.
    observed.reset();
    for (const gauge of Object.values(single)) gauge.remove();
    if (now) show({ observed, ...single }, now);
  };
}

type Figures = Omit<ReturnType<typeof createFigures>, 'up'>;

function createFigures(registers: Registry[]) {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `country_exchange_${name}`, help, registers });
  const observed = new Gauge({
    name: 'country_exchange_source_observed_timestamp_seconds',
    help: 'The day that the figures of a source are of.',
    labelNames: ['provides', 'source'] as const,
    registers,
  });
  return {
    up: gauge('database_up', '1 while the database answers, else 0.'),
    countries: gauge('countries', 'Countries stored.'),
    bundled: gauge('bundled', '1 while the bundled data set is served.'),
    running: gauge('refresh_running', '1 while a refresh is running.'),
    refreshed: gauge(
      'last_refresh_timestamp_seconds',
      'When the last refresh succeeded; missing before the first.',
    ),
    observed,
  };
}

function show({ countries, bundled, running, refreshed, observed }: Figures, now: Status): void {
  countries.set(now.totalCountries);
  bundled.set(Number(now.bundled));
  running.set(Number(now.running !== null));
  if (now.lastRefreshedAt) refreshed.set(Date.parse(now.lastRefreshedAt) / 1000);
  for (const { provides, source, observedAt } of now.sources) {
    if (observedAt) observed.set({ provides, source }, Date.parse(observedAt) / 1000);
  }
}
