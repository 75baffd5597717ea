import { type Config, loadConfig } from '../config.js';
import { type AppContext, createContext } from '../context.js';
import { createLogger, type Logger } from '../logger.js';

/** The parts of the server without HTTP, for one command. */
export async function withContext(use: (context: AppContext) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const context = await createContext(config, createCommandLogger(config));
  try {
    await use(context);
  } catch (error) {
    // That is what has to be heard of, not what else fails because of it.
    await context.close().catch(() => undefined);
    throw error;
  }
  await context.close();
}

/** The log of a command. On a terminal it is quiet: the command speaks itself. */
export function createCommandLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const level = process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
  return createLogger(level, 'stderr');
}
