import { isLoopback } from './access.js';
import type { AppContext } from './context.js';

/** Says what is served and where to click. */
export async function announce(
  address: string,
  { config, logger, database, services }: AppContext,
): Promise<void> {
  const { totalCountries, bundled, lastRefreshedAt, nextRefreshAt } = await services.status.status();
  logger.info({ database: database.label, countries: totalCountries, lastRefreshedAt }, 'serving');
  if (bundled) {
    logger.warn('serving the bundled data set');
  }
  if (config.http.adminTokens.length === 0 && !isLoopback(config.http.host)) {
    logger.warn({ host: config.http.host }, 'mutations are switched off: set ADMIN_TOKEN to enable them');
  }
  if (config.refresh.schedule !== undefined) {
    logger.info({ schedule: config.refresh.schedule, nextRefreshAt }, 'refreshing on a schedule, in UTC');
  }
  logger.info(`GraphQL and Apollo Sandbox: ${address}/graphql`);
  logger.info(`Summary picture:            ${address}/countries/image`);
}
