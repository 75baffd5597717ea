import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerOf, isSameText } from '../access.js';
import type { AppContext } from '../context.js';
import { AppError } from '../errors.js';
import { createMetrics } from '../metrics.js';
import { isPrivate } from './private-address.js';
import type { Accounts, Served } from './served.js';

/** So many requests are counted at once: a quick answer takes less time than to look up what it counts for. */
const BATCH = 200;

/** Counts what is answered, and shows the counts to the operator. */
export function serveMetrics(app: FastifyInstance, context: AppContext, accounts: Accounts): void {
  const { contentType, scrape, requests, durations, errors, cache } = createMetrics(context);
  const waiting: Pick<Served, 'route' | 'status' | 'durationMs' | 'facts'>[] = [];
  const count = () => {
    for (const { route, status, durationMs, facts } of waiting.splice(0)) {
      requests.inc({ route, status });
      durations.observe({ route }, durationMs / 1000);
      for (const code of facts.codes ?? []) errors.inc({ code });
      if (facts.cache) cache.inc({ result: facts.cache });
    }
  };
  accounts.keptBy(({ route, status, durationMs, facts }) => {
    if (waiting.push({ route, status, durationMs, facts }) >= BATCH) count();
  });
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, context.config.http.metricsToken);
    count();
    return reply.type(contentType).send(await scrape());
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}
