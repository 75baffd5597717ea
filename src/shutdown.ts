import type { FastifyInstance } from 'fastify';
import type { AppContext } from './context.js';
import { exitWith } from './errors.js';

/** Process managers kill a process 10 to 30 seconds after SIGTERM. */
const STOP_WITHIN_MS = 25_000;

/**
 * Graceful shutdown at the first signal, whether the server listens already or fetches its first data. The returned
 * function tells whether it has begun.
 */
export function stopOnSignal(server: FastifyInstance, context: AppContext): () => boolean {
  let isStopping = false;
  onStopSignal(async (signal) => {
    isStopping = true;
    const { logger, services } = context;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.fatal({ withinMs: STOP_WITHIN_MS }, 'could not stop in time');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    try {
      // In parallel, so that callers who wait for a refresh get its error while the server still answers.
      await Promise.all([services.refreshes.close(), server.close()]);
      await context.close();
      logger.info('stopped');
      // Timers of a database that hangs would keep the process alive.
      process.exit();
    } catch (error) {
      exitWith(error);
    }
  });
  return () => isStopping;
}

/** On Ctrl-C, the terminal signals npm's child, and npm forwards its own signal: a repetition this soon is no second one. */
const REPEATED_WITHIN_MS = 1_000;

/** Calls back at the first SIGTERM or SIGINT. A second one ends the process at once. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let stoppedAt: number | undefined;
  const listener = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop(signal);
    } else if (performance.now() - stoppedAt > REPEATED_WITHIN_MS) {
      exitFor(signal);
    }
  };
  process.on('SIGTERM', listener).on('SIGINT', listener);
}

/** With 128 plus the number of the signal, as shells do. */
export function exitFor(signal: NodeJS.Signals): never {
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
