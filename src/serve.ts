import { announce } from './announce.js';
import { loadConfig } from './config.js';
import { type AppContext, createContext } from './context.js';
import { exitWith } from './exit.js';
import { createLogger } from './logger.js';
import { refreshOnStart } from './refresh/on-start.js';
import { createServer } from './server.js';
import { stopOnSignal } from './stop.js';

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
