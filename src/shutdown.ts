import { constants } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.js';
import { exitWith } from './errors.js';
import type { Logger } from './logger.js';

/** What watches over processes kills them some 10 s to 30 s after it has asked them to stop. */
const STOP_WITHIN_MS = 25_000;

/**
 * At the first signal everything is closed and the process ends, whether it serves by then or is still fetching its
 * first data. The returned function says whether that has begun.
 */
export function stopOnSignal(server: FastifyInstance, context: AppContext): () => boolean {
  let begun = false;
  onStopSignal(async (signal) => {
    begun = true;
    const { logger } = context;
    logger.info({ signal }, 'stopping');
    setTimeout(giveUp, STOP_WITHIN_MS, logger).unref();
    try {
      // At once, so that a client that waits for a refresh learns of its end while the server still answers.
      await Promise.all([context.services.refreshes.close(), server.close()]);
      await context.close();
      logger.info('stopped');
      // Timers of a database that hangs would keep the process for as long as an answer may take.
      process.exit();
    } catch (error) {
      exitWith(error);
    }
  });
  return () => begun;
}

function giveUp(logger: Logger): void {
  logger.fatal({ withinMs: STOP_WITHIN_MS }, 'could not stop in time');
  process.exit(1);
}

/**
 * npm hands a signal on to its child, which has had it from the terminal already: one Ctrl-C comes twice. What comes so
 * soon is no second wish.
 */
const ECHO_WITHIN_MS = 1_000;

/** Calls back at the first SIGTERM or SIGINT; a second one ends the process. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let stoppedAt: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop(signal);
    } else if (performance.now() - stoppedAt > ECHO_WITHIN_MS) {
      exitFor(signal);
    }
  };
  process.on('SIGTERM', hear).on('SIGINT', hear);
}

/** With 128 and the number of the signal, as shells count. */
export function exitFor(signal: NodeJS.Signals): never {
  process.exit(128 + constants.signals[signal]);
}
