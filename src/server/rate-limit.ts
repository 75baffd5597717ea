import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import type { FrontDoorParts } from './front-door.js';

/** How many clients are counted at once. Beyond that those are forgotten that were not seen for the longest time. */
const MAX_CLIENTS = 20_000;

/** Probes and scrapes come from the operator, and must get through when everything is busy. */
const FREE = new Set(['/health', '/ready', '/metrics']);

/** So many requests a minute for each client: an IPv4 address, or an IPv6 network of 64 bits. */
export async function limitRate(app: FastifyInstance, { rateLimit }: Config['http']): Promise<void> {
  if (rateLimit === 0) return;
  await app.register(fastifyRateLimit, {
    max: rateLimit,
    timeWindow: 60_000,
    cache: MAX_CLIENTS,
    allowList: (request) => FREE.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => {
      const seconds = Math.ceil(ttl / 1000);
      const message = `More than ${max} requests a minute (RATE_LIMIT); try again in ${seconds} s`;
      return Object.assign(new Error(message), { statusCode: 429 });
    },
  });
}

/** For requests that go past Fastify: they count like the others. Returns the headers that tell it; null beyond the limit. */
export function rateCounter(app: FastifyInstance, { rateLimit }: Config['http']): FrontDoorParts['admit'] {
  if (rateLimit === 0) return () => [];
  const count = app.createRateLimit();
  return async (ip) => {
    const counted = await count({ ip, routeOptions: {} } as FastifyRequest);
    if (counted.isAllowed) return [];
    if (counted.isExceeded) return null;
    const { max, remaining, ttlInSeconds } = counted;
    return [
      ...['x-ratelimit-limit', String(max)],
      ...['x-ratelimit-remaining', String(remaining)],
      ...['x-ratelimit-reset', String(ttlInSeconds)],
    ];
  };
}
