import type { Config } from '../config.js';
import { createLogger, type Logger } from '../logger.js';

/** The log of a command. On a terminal it is quiet: the command speaks itself. */
export function createCommandLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  const level = process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
  return createLogger(level, 'stderr');
}
