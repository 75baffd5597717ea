import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { readConfig } from '../src/config.js';
import { type AppContext, createContext } from '../src/context.js';
import type { Environment } from '../src/env.js';
import { createServer } from '../src/http/server.js';
import { drawSummary } from '../src/summary/draw.js';
import { type Client, createClient } from './client/client.js';
import { startUpstream, type Upstream } from './upstream/upstream.js';

export interface TestApp extends Client {
  context: AppContext;
  server: FastifyInstance;
  upstream: Upstream;
  url: string;
  close(): Promise<void>;
}

/** The settings of a server whose sources are the stub's. */
export function settings(upstream: Upstream, databaseUrl: string, more: Environment = {}): Environment {
  return {
    DATABASE_URL: databaseUrl,
    COUNTRIES_SOURCE: 'restcountries-v3',
    COUNTRIES_URL: upstream.urls['restcountries-v3'],
    RATES_URL: upstream.urls['currency-api'],
    GDP_URL: upstream.urls['world-bank'],
    API_TIMEOUT: '5',
    LOG_LEVEL: 'silent',
    ...more,
  };
}

/** The whole product on a port of its own, with the stub as its upstreams. Nothing is refreshed yet. */
export async function startApp(
  databaseUrl: string,
  more: Environment | ((upstream: Upstream) => Environment) = {},
): Promise<TestApp> {
  const upstream = await startUpstream();
  const extra = typeof more === 'function' ? more(upstream) : more;
  const cache = await mkdtemp(join(tmpdir(), 'country-exchange-'));
  const config = readConfig(settings(upstream, databaseUrl, { CACHE_DIR: cache, ...extra }));
  // The picture is drawn in this process: a process of its own for each of many refreshes would be slow.
  const context = await createContext(config, pino({ level: config.logLevel }), {
    render: drawSummary,
    // Keeps the wait for a process that a test has killed short.
    leaseTimes: { expiryMs: 2_000, beatMs: 200, pollMs: 50 },
  });
  const server = await createServer(context);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const close = async () => {
    await server.close();
    await context.close();
    await upstream.close();
    await rm(cache, { recursive: true });
  };
  return { context, server, upstream, url, close, ...createClient(`${url}/graphql`) };
}
