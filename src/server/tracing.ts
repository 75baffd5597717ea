import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppContext } from '../context.js';
import type { Tracer } from '../tracing.js';

/** A span for each request and each refresh, where there is somebody to send them to. */
export async function traceRequests(app: FastifyInstance, { config, services }: AppContext): Promise<void> {
  const endpoint = config.http.tracesEndpoint;
  if (endpoint === undefined) return;
  const { createTracer } = await import('../tracing.js');
  const tracer = createTracer(endpoint);
  app.addHook('onResponse', async (request, reply) => traceRequest(tracer, request, reply));
  const stopWatching = services.refreshes.watch((report) => tracer.refresh(report));
  app.addHook('onClose', async () => {
    stopWatching();
    await tracer.close();
  });
}

function traceRequest(tracer: Tracer, request: FastifyRequest, reply: FastifyReply): void {
  const { method, headers, id, facts, routeOptions } = request;
  const { operation, cost, cache, codes, actor } = facts;
  tracer.request({
    name: operation ?? `${method} ${routeOptions.url ?? 'none'}`,
    headers,
    durationMs: reply.elapsedTime,
    isFault: reply.statusCode >= 500 || (codes?.includes('INTERNAL_SERVER_ERROR') ?? false),
    attributes: {
      'http.request.method': method,
      'http.route': routeOptions.url,
      'http.response.status_code': reply.statusCode,
      'graphql.operation': operation,
      'country_exchange.request_id': id,
      'country_exchange.cost': cost,
      'country_exchange.cache': cache,
      'country_exchange.errors': codes,
      'country_exchange.actor': actor,
    },
  });
}
