import { loadConfig } from '../config.js';
import { type AppContext, createContext } from '../context.js';
import { createLogger } from '../logger.js';

/** The parts of the server without HTTP, for one command. On a terminal the log is quiet: the command speaks itself. */
export async function withContext(use: (context: AppContext) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const level = process.stderr.isTTY && config.logLevel === 'info' ? 'warn' : config.logLevel;
  const context = await createContext(config, createLogger(level, 'stderr'));
  try {
    await use(context);
  } catch (error) {
    // That is what has to be heard of, not what else fails because of it.
    await context.close().catch(() => undefined);
    throw error;
  }
  await context.close();
}
