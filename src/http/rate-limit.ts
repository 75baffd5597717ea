import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import { clientKey } from '../net.js';

/** Clients that are counted at once; the least recently seen one is evicted. */
const MAX_CLIENTS = 20_000;

/** Probes and scrapes come from the operator, and have to work under any load. */
const UNLIMITED_ROUTES = new Set(['/health', '/ready', '/metrics']);

/** Limits the requests per minute of a client: of an IPv4 address, or of an IPv6 network of 64 bits. */
export async function limitRate(app: FastifyInstance, { rateLimit }: Config['http']): Promise<void> {
  if (rateLimit === 0) return;
  await app.register(fastifyRateLimit, {
    max: rateLimit,
    timeWindow: 60_000,
    cache: MAX_CLIENTS,
    keyGenerator: ({ ip }) => clientKey(ip),
    allowList: (request) => UNLIMITED_ROUTES.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => {
      const seconds = Math.ceil(ttl / 1000);
      const message = `More than ${max} requests a minute (RATE_LIMIT); try again in ${seconds} s`;
      return Object.assign(new Error(message), { statusCode: 429 });
    },
  });
}
