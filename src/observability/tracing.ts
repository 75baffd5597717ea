import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../context.js';
import type { AccessLogEntry, RequestTracker } from './access-log.js';
import type { Tracer } from './tracer.js';

/** A span for each request and each refresh, where there is somebody to send them to. */
export async function traceRequests(
  app: FastifyInstance,
  { config, services }: AppContext,
  requests: RequestTracker,
): Promise<void> {
  const endpoint = config.http.tracesEndpoint;
  if (endpoint === undefined) return;
  const { createTracer } = await import('./tracer.js');
  const tracer = createTracer(endpoint);
  requests.onRequestFinished((entry) => traceRequest(tracer, entry));
  const stopWatching = services.refreshes.watch((report) => tracer.refresh(report));
  app.addHook('onClose', async () => {
    stopWatching();
    await tracer.close();
  });
}

function traceRequest(tracer: Tracer, entry: AccessLogEntry): void {
  const { requestId, method, headers, route, status, durationMs, facts } = entry;
  const { operation, cost, cache, codes, actor } = facts;
  tracer.request({
    name: operation ?? `${method} ${route}`,
    headers,
    durationMs,
    isFault: status >= 500 || (codes?.includes('INTERNAL_SERVER_ERROR') ?? false),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'graphql.operation': operation,
      'country_exchange.request_id': requestId,
      'country_exchange.cost': cost,
      'country_exchange.cache': cache,
      'country_exchange.errors': codes,
      'country_exchange.actor': actor,
    },
  });
}
