import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerOf, isSameText } from '../access.js';
import type { AppContext } from '../context.js';
import { AppError } from '../errors.js';
import { createMetrics } from '../metrics.js';
import { isPrivate } from './private-address.js';

/** Counts what is answered, and shows the counts to the operator. */
export function serveMetrics(app: FastifyInstance, context: AppContext): void {
  const { contentType, scrape, requests, durations, errors, cache } = createMetrics(context);
  app.addHook('onResponse', async ({ routeOptions, facts }, reply) => {
    const route = routeOptions.url ?? 'none';
    requests.inc({ route, status: reply.statusCode });
    durations.observe({ route }, reply.elapsedTime / 1000);
    for (const code of facts.codes ?? []) errors.inc({ code });
    if (facts.cache) cache.inc({ result: facts.cache });
  });
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, context.config.http.metricsToken);
    return reply.type(contentType).send(await scrape());
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}
