import { loadConfig } from '../config.js';
import { type AppContext, createContext } from '../context.js';
import { createCommandLogger } from './command-logger.js';

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
