import { constants } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.js';
import { exitWith } from './errors.js';
import type { Logger } from './logger.js';

/** Process managers kill a process 10 to 30 s after asking it to stop. */
const STOP_WITHIN_MS = 25_000;

/**
 * Closes everything and exits at the first signal, even while the first data are being fetched. The returned function
 * says whether that has begun.
 */
export function stopOnSignal(server: FastifyInstance, context: AppContext): () => boolean {
  let begun = false;
  onStopSignal(async (signal) => {
    begun = true;
    const { logger } = context;
    logger.info({ signal }, 'stopping');
    setTimeout(giveUp, STOP_WITHIN_MS, logger).unref();
    try {
      // In parallel, so that a client that waits for a refresh learns of its end while the server still answers.
      await Promise.all([context.services.refreshes.close(), server.close()]);
      await context.close();
      logger.info('stopped');
      // Query timeouts of a hanging database would keep the process alive.
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
 * npm forwards a signal that its child has already received from the terminal, so one Ctrl-C arrives twice. A repeat this
 * soon is an echo, not a second request.
 */
const ECHO_WITHIN_MS = 1_000;

/** Calls back at the first SIGTERM or SIGINT; a second one ends the process. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let stoppedAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop(signal);
    } else if (performance.now() - stoppedAt > ECHO_WITHIN_MS) {
      exitFor(signal);
    }
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

/** Exits with 128 plus the number of the signal, as shells report it. */
export function exitFor(signal: NodeJS.Signals): never {
  process.exit(128 + constants.signals[signal]);
}
