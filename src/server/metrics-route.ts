import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerOf, isSameText } from '../access.js';
import type { AppContext } from '../context.js';
import { AppError } from '../errors.js';
import { createMetrics } from '../metrics.js';
import { isPrivate } from './private-address.js';
import type { Accounts } from './served.js';

/** Counts what is answered, and shows the counts to the operator. */
export function serveMetrics(
  app: FastifyInstance,
  { config, services }: AppContext,
  accounts: Accounts,
): void {
  const { registry, requests, durations, errors, cache } = createMetrics(services);
  accounts.keptBy(({ route, status, durationMs, facts }) => {
    requests.inc({ route, status });
    durations.observe({ route }, durationMs / 1000);
    for (const code of facts.codes ?? []) errors.inc({ code });
    if (facts.cache) cache.inc({ result: facts.cache });
  });
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, config.http.metricsToken);
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}
