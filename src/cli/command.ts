import { type Config, loadConfig } from '../config.js';
import { connectDatabase } from '../db/connect.js';
import type { Database } from '../db/database.js';
import { createLogger, type Logger } from '../logger.js';

/** The exit code when a part of what was requested is missing. 0 means success, 1 that the command has failed. */
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

const WIDTH = 40;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_TO_END = '\x1b[K';

/** A bar in one line of the terminal, which is redrawn in place. */
export class ProgressBar {
  #isShown = false;

  /** `share`: 0 to 1. */
  show(share: number, note: string): void {
    const filled = Math.round(WIDTH * share);
    const line = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(100 * share)} % ${note}`;
    // A longer line would wrap, and the carriage return would not reach its beginning. Some terminals report 0 columns.
    const fitting = line.slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`${HIDE_CURSOR}\r${fitting}${CLEAR_TO_END}`);
    this.#isShown = true;
  }

  /** Leaves the line as it is. */
  stop(): void {
    if (this.#isShown) process.stderr.write(`\n${SHOW_CURSOR}`);
    this.#isShown = false;
  }
}
