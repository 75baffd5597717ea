import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { AppContext } from './context.js';
import { watchConnections } from './metrics/connections.js';
import { watchRefreshes } from './metrics/refreshes.js';
import { describeData } from './metrics/stored-data.js';

/** What operators watch; every name begins with country_exchange_, but for those of the process. */
export function createMetrics({ config, database, services }: AppContext) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchRefreshes(registry, services.refreshes);
  watchConnections(registry, database, config.database);
  const readData = describeData(registry, services.status);
  const registers = [registry];
  return {
    contentType: registry.contentType,
    async scrape(): Promise<string> {
      // Before anything is written: the figures are written side by side, and none waits for another.
      await readData();
      return registry.metrics();
    },
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
