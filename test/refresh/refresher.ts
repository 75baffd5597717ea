import { pino } from 'pino';
import { type Config, readConfig } from '../../src/config.js';
import type { Database } from '../../src/db/database.js';
import type { Environment } from '../../src/env.js';
import { RefreshService, type RefreshServiceOptions } from '../../src/refresh/refresh.service.js';
import { createSources } from '../../src/sources/sources.js';
import type { Upstream } from '../upstream/upstream.js';

export type RefresherOptions = Partial<RefreshServiceOptions>;

/** The refresh of the product, without a server and without a picture. The caller closes it. Responses are cached in CACHE_DIR only. */
export async function createRefresher(
  database: Database,
  upstream: Upstream,
  env: Environment = {},
  options: RefresherOptions = {},
): Promise<RefreshService> {
  const config = configFor(upstream, env);
  const sources = createSources(config.sources, { cacheDir: env.CACHE_DIR });
  const service = new RefreshService({
    database,
    sources,
    logger: pino({ level: 'silent' }),
    ...config.refresh,
    draw: async () => undefined,
    ...options,
  });
  const close = service.close.bind(service);
  service.close = async () => {
    await close();
    await sources.close();
  };
  return service;
}

export function configFor(upstream: Upstream, env: Environment = {}): Config {
  return readConfig({
    COUNTRIES_SOURCE: 'restcountries-v3',
    COUNTRIES_URL: upstream.urls['restcountries-v3'],
    RATES_SOURCE: 'currency-api',
    RATES_URL: upstream.urls['currency-api'],
    GDP_URL: upstream.urls['world-bank'],
    API_TIMEOUT: '5',
    ...env,
  });
}
