import './production.js';
import { announce } from './announce.js';
import { loadConfig } from './config.js';
import { createContext } from './context.js';
import { exitWith } from './exit.js';
import { createLogger, type Logger } from './logger.js';
import { refreshOnStart } from './refresh/on-start.js';
import { createServer } from './server.js';
import { onStopSignal } from './signals.js';

/** What watches over processes kills them some 10 s to 30 s after it has asked them to stop. */
const STOP_WITHIN_MS = 25_000;

try {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const context = await createContext(config, logger);
  const { status, refreshes } = context.services;
  // First, for it counts refreshes.
  const server = await createServer(context);
  await refreshOnStart(config.refresh.onStart, status, refreshes, logger);

  // Before the first request, which may come before the rest of this.
  onStopSignal(async (signal) => {
    logger.info({ signal }, 'stopping');
    setTimeout(giveUp, STOP_WITHIN_MS, logger).unref();
    try {
      // At once, so that whoever waits for a refresh is told of its end while the server still answers.
      await Promise.all([refreshes.close(), server.close()]);
      await context.close();
      logger.info('stopped');
      // Timers of a database that hangs would keep the process for as long as an answer may take.
      process.exit();
    } catch (error) {
      exitWith(error);
    }
  });

  const address = await server.listen({ host: config.http.host, port: config.http.port });
  await announce(address, context);
  context.schedule?.start();
  await context.drawMissingPicture();
} catch (error) {
  exitWith(error);
}

function giveUp(logger: Logger): void {
  logger.fatal({ withinMs: STOP_WITHIN_MS }, 'could not stop in time');
  process.exit(1);
}
