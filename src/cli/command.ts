import { type Config, loadConfig } from '../config.js';
import { connectDatabase } from '../db/connect.js';
import type { Database } from '../db/database.js';
import { createLogger, type Logger } from '../logger.js';

/** The exit code when something was missing that was asked for. 0 means all of it, 1 that the command has failed. */
export const EXIT_PARTIAL = 2;

interface CommandContext {
  config: Config;
  database: Database;
  logger: Logger;
}

/** Runs a command on the database, which is closed afterwards. */
export async function withDatabase(use: (context: CommandContext) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const logger = createCommandLogger(config);
  const database = await connectDatabase({ ...config.database, onWarning: (text) => logger.warn(text) });
  try {
    await use({ config, database, logger });
  } finally {
    // An error of closing would hide that of the command.
    await database.close().catch((err) => logger.warn({ err }, 'the database was not closed'));
  }
}

/** Logs to stderr. On a terminal it is quiet, because the command prints its own output. */
export function createCommandLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const level = process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
  return createLogger(level, 'stderr');
}
