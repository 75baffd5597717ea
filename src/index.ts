import { announce } from './announce.js';
import { loadConfig } from './config.js';
import { createContext } from './context.js';
import { exitWith } from './exit.js';
import { createLogger } from './logger.js';
import { refreshOnStart } from './refresh/on-start.js';
import { createServer } from './server.js';

try {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const context = await createContext(config, logger);
  const { status, refreshes } = context.services;
  await refreshOnStart(config.refresh.onStart, status, refreshes, logger);
  const server = await createServer(context);
  const address = await server.listen({ host: config.http.host, port: config.http.port });
  await announce(address, context);
  context.schedule?.start();

  const stop = async (signal: string) => {
    logger.info({ signal }, 'stopping');
    await server.close();
    await context.close();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  exitWith(error);
}
