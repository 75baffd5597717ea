import { createConnection } from 'node:net';
import { isWeak } from './access.js';
import { type Config, loadConfig } from './config.js';
import { type AppContext, createContext } from './context.js';
import { exitWith } from './errors.js';
import { createServer } from './http/server.js';
import { createLogger } from './logger.js';
import { isLoopback } from './net.js';
import { stopOnSignal } from './shutdown.js';

/** Starts the server, from reading the settings to serving queries. If that fails, the process exits with a one-line error. */
export async function serve(): Promise<void> {
  let isStopping = () => false;
  let context: AppContext | undefined;
  try {
    const config = loadConfig();
    const { host, port } = config.http;
    await expectFree(host, port);
    context = await createContext(config, createLogger(config.logLevel));
    // Before the first refresh, because it counts refreshes.
    const server = await createServer(context);
    // Before the first refresh, which may take as long as its slowest source.
    isStopping = stopOnSignal(server, context);
    await refreshOnStart(context);
    if (isStopping()) return;
    await announce(await server.listen({ host, port }), context);
    context.schedule?.start();
  } catch (error) {
    // A shutdown during the start closes what the start needs, so it fails as well.
    if (isStopping()) return;
    await context?.close().catch(() => undefined);
    exitWith(error);
  }
}

const CONNECT_WITHIN_MS = 1_000;

/**
 * Throws at once when the port is taken: the server listens only after its first refresh. Asked by connecting, because a
 * socket that listens for a moment would reset the clients that connect to it.
 */
async function expectFree(host: string, port: number): Promise<void> {
  const socket = createConnection({ host, port, timeout: CONNECT_WITHIN_MS });
  const isTaken = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false));
  });
  socket.destroy();
  if (!isTaken) return;
  const details = { code: 'EADDRINUSE', syscall: 'listen', address: host, port };
  throw Object.assign(new Error(`The port ${port} is taken`), details);
}

/**
 * Refreshes at startup if REFRESH_ON_START says so. The server waits for it only if there is nothing to serve yet. A
 * failed refresh does not abort the start.
 */
async function refreshOnStart({ config, logger, services }: AppContext): Promise<void> {
  const { totalCountries, stale } = await services.status.status();
  const isEmpty = totalCountries === 0;
  const isWanted = { never: false, 'when-empty': isEmpty, 'when-stale': isEmpty || stale, always: true };
  if (!isWanted[config.refresh.onStart]) return;
  if (isEmpty) logger.info('the database is empty: fetching the first data');
  const { done } = services.refreshes.start({ startedBy: 'start' });
  if (isEmpty) await done.catch(() => undefined);
}

/** Logs what is served and where. */
async function announce(address: string, { config, logger, database, services }: AppContext): Promise<void> {
  const { totalCountries, bundled, lastRefreshedAt, nextRefreshAt } = await services.status.status();
  logger.info({ database: database.label, countries: totalCountries, lastRefreshedAt }, 'serving');
  if (bundled) logger.warn('serving the bundled data set');
  if (config.http.adminTokens.length === 0 && !isLoopback(config.http.host)) {
    logger.warn({ host: config.http.host }, 'mutations are switched off: set ADMIN_TOKEN to enable them');
  }
  const weak = weakTokens(config.http);
  if (weak.length > 0) {
    logger.warn({ weak }, 'tokens that are short or easily guessed: make them with openssl rand -hex 24');
  }
  if (config.refresh.schedule !== undefined) {
    logger.info({ schedule: config.refresh.schedule, nextRefreshAt }, 'refreshing on a schedule, in UTC');
  }
  if (config.http.landingPage) logger.info(`Page for browsers:          ${address}/`);
  logger.info(`GraphQL and Apollo Sandbox: ${address}/graphql`);
  logger.info(`Summary picture:            ${address}/countries/image`);
}

/** Named by their settings and holders. */
function weakTokens({ adminTokens, metricsToken }: Config['http']): string[] {
  const admins = adminTokens.filter(({ token }) => isWeak(token)).map(({ name }) => `ADMIN_TOKEN (${name})`);
  return metricsToken !== undefined && isWeak(metricsToken) ? [...admins, 'METRICS_TOKEN'] : admins;
}
