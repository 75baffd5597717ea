import { isLoopback } from './access.js';
import { type Config, loadConfig } from './config.js';
import { type AppContext, createContext } from './context.js';
import { exitWith } from './errors.js';
import { createServer } from './http/server.js';
import { createLogger, type Logger } from './logger.js';
import type { RefreshService } from './refresh/refresh.service.js';
import type { StatusService } from './refresh/status.service.js';
import { stopOnSignal } from './shutdown.js';

/** The server, from the settings to the first query; a start that fails ends the process with its one line. */
export async function serve(): Promise<void> {
  let isStopping = () => false;
  let context: AppContext | undefined;
  try {
    const config = loadConfig();
    const logger = createLogger(config.logLevel);
    context = await createContext(config, logger, { refreshOn: 'another thread' });
    const { status, refreshes } = context.services;
    // First, for it counts refreshes.
    const server = await createServer(context);
    // Before the first refresh, which may take as long as its slowest source.
    isStopping = stopOnSignal(server, context);
    await refreshOnStart(config.refresh.onStart, status, refreshes, logger);
    if (!isStopping()) {
      const address = await server.listen({ host: config.http.host, port: config.http.port });
      await announce(address, context);
      context.schedule?.start();
      await context.drawMissingPicture();
    }
  } catch (error) {
    // The start fails where a stop has closed what it needs: that is no failure.
    if (!isStopping()) {
      // The database's driver aborts a process that ends in the middle of a refresh.
      await context?.close().catch(() => undefined);
      exitWith(error);
    }
  }
}

/** Says what is served and where to click. */
async function announce(address: string, { config, logger, database, services }: AppContext): Promise<void> {
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

/**
 * The refresh that a start may begin with. It is waited for only when there is nothing to serve yet; a server that
 * holds data answers at once with what it has. A failed refresh does not stop the start.
 */
async function refreshOnStart(
  when: Config['refresh']['onStart'],
  status: StatusService,
  refreshes: RefreshService,
  logger: Logger,
): Promise<void> {
  const { totalCountries, stale } = await status.status();
  const isEmpty = totalCountries === 0;
  const wanted = { never: false, 'when-empty': isEmpty, 'when-stale': isEmpty || stale, always: true }[when];
  if (!wanted) return;
  if (isEmpty) logger.info('the database is empty: fetching the first data');
  const { done } = refreshes.start({ startedBy: 'start' });
  if (isEmpty) await done.catch(() => undefined);
}
