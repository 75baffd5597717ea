import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Services } from './graphql/request-context.js';
import { RefreshState } from './refresh/refresh.type.js';

/** What operators watch; every name begins with country_exchange_, but for those of the process. */
export function createMetrics(services: Services) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchRefreshes(registry, services);
  describeData(registry, services);
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: 'country_exchange_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    durations: new Histogram({
      name: 'country_exchange_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer.',
      labelNames: ['route'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    errors: new Counter({
      name: 'country_exchange_graphql_errors_total',
      help: 'Answers with errors, by extensions.code.',
      labelNames: ['code'] as const,
      registers,
    }),
    cache: new Counter({
      name: 'country_exchange_answer_cache_total',
      help: 'Queries answered from what was kept (hit) and those that had to be run (miss).',
      labelNames: ['result'] as const,
      registers,
    }),
  };
}

function watchRefreshes(registry: Registry, { refreshes }: Services): void {
  const registers = [registry];
  const ended = new Counter({
    name: 'country_exchange_refreshes_total',
    help: 'Refreshes that this process ran, by how they ended.',
    labelNames: ['state'] as const,
    registers,
  });
  const phaseSeconds = new Gauge({
    name: 'country_exchange_refresh_phase_duration_seconds',
    help: 'How long each phase of the last refresh took.',
    labelNames: ['phase'] as const,
    registers,
  });
  for (const state of [RefreshState.SUCCEEDED, RefreshState.FAILED]) ended.inc({ state }, 0);
  let lastCounted: string | undefined;
  // It lives as long as the service does.
  refreshes.watch(({ id, state, phases }) => {
    for (const { name, durationMs } of phases) {
      if (durationMs !== null) phaseSeconds.set({ phase: name }, durationMs / 1000);
    }
    if (state === RefreshState.RUNNING || id === lastCounted) return;
    lastCounted = id;
    ended.inc({ state });
  });
}

/** Asked of the database at each scrape. */
function describeData(registry: Registry, { status }: Services): void {
  const registers = [registry];
  const countries = new Gauge({ name: 'country_exchange_countries', help: 'Countries stored.', registers });
  const bundled = new Gauge({
    name: 'country_exchange_bundled',
    help: '1 while the bundled data set is served.',
    registers,
  });
  const running = new Gauge({
    name: 'country_exchange_refresh_running',
    help: '1 while a refresh is running.',
    registers,
  });
  const refreshed = new Gauge({
    name: 'country_exchange_last_refresh_timestamp_seconds',
    help: 'When the last refresh succeeded; missing before the first.',
    registers,
  });
  const observed = new Gauge({
    name: 'country_exchange_source_observed_timestamp_seconds',
    help: 'The day that the figures of a source are of.',
    labelNames: ['provides', 'source'] as const,
    registers,
    async collect() {
      const now = await status.status();
      countries.set(now.totalCountries);
      bundled.set(Number(now.bundled));
      running.set(Number(now.running !== null));
      if (now.lastRefreshedAt) refreshed.set(Date.parse(now.lastRefreshedAt) / 1000);
      this.reset();
      for (const { provides, source, observedAt } of now.sources) {
        if (observedAt) this.set({ provides, source }, Date.parse(observedAt) / 1000);
      }
    },
  });
  void observed;
}
