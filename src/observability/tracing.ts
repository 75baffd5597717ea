import type { SpanContext } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { AppContext } from '../context.js';
import { RefreshState } from '../refresh/phases.js';
import type { Refresh } from '../refresh/refresh.type.js';
import type { AccessLogEntry, RequestTracker } from './access-log.js';
import { hasEnded } from './metrics.js';
import type { Tracer } from './tracer.js';

/** A span for each request and each refresh, when an endpoint for them is configured. */
export async function traceRequests(
  app: FastifyInstance,
  { config, services }: AppContext,
  requests: RequestTracker,
): Promise<void> {
  const endpoint = config.http.tracesEndpoint;
  if (endpoint === undefined) return;
  const { createTracer } = await import('./tracer.js');
  const tracer = createTracer(endpoint);
  const refreshes = traceRefreshes(tracer, services.refreshes);
  requests.onRequestFinished((entry) => {
    const span = traceRequest(tracer, entry);
    if (entry.facts.refresh) refreshes.setParent(entry.facts.refresh, span);
  });
  app.addHook('onClose', async () => {
    refreshes.close();
    await tracer.close();
  });
}

/** A refresh may end before the request that has started it: it fails, and then the request is answered. */
const REQUEST_WITHIN_MS = 5_000;

/** One span for each refresh that this process runs, sent when its picture is drawn. */
function traceRefreshes(tracer: Tracer, service: AppContext['services']['refreshes']) {
  const parents = new LRUCache<string, SpanContext>({ max: 100 });
  const ended = new Map<string, Refresh>();
  const send = (id: string) => {
    const report = ended.get(id);
    if (report) tracer.refresh(report, parents.get(id));
    ended.delete(id);
  };
  const stopWatching = service.watch((report) => {
    if (report.joined || report.state === RefreshState.RUNNING || !report.phases.every(hasEnded)) return;
    ended.set(report.id, report);
    if (parents.has(report.id)) send(report.id);
    else setTimeout(send, REQUEST_WITHIN_MS, report.id).unref();
  });
  return {
    setParent(id: string, span: SpanContext) {
      parents.set(id, span);
      send(id);
    },
    close() {
      stopWatching();
      for (const id of ended.keys()) send(id);
    },
  };
}

function traceRequest(tracer: Tracer, entry: AccessLogEntry): SpanContext {
  const { requestId, method, headers, route, status, durationMs, facts } = entry;
  const { operation, cost, cache, codes, actor } = facts;
  return tracer.request({
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
