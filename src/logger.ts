import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** Bytes buffered for a slow reader of the log. Beyond that, lines are dropped. */
const MAX_WAITING_BYTES = 4_000_000;

/**
 * JSON lines for machines; on a terminal, lines for people. A server logs to stdout. A command prints its result there,
 * and logs to stderr.
 */
export function createLogger(level: string, stream: 'stdout' | 'stderr' = 'stdout'): Logger {
  const { isTTY, fd } = process[stream];
  const options = { level, redact: ['req.headers.authorization', 'req.headers.cookie'] };
  if (!isTTY) return pino(options, pino.destination({ dest: fd, maxLength: MAX_WAITING_BYTES }));
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true, destination: fd },
    },
  });
}
