import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

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
  if (!isTTY) return pino(options, linesTo(fd));
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true, destination: fd },
    },
  });
}

/**
 * Drops what cannot be written, such as on a full disk, and tries again with the next line. Without a listener the error
 * would end the process, and pino would then wait for the disk for ever.
 */
function linesTo(fd: number): DestinationStream {
  let current: ReturnType<typeof pino.destination> | undefined;
  const open = () => {
    const opened = pino.destination({ dest: fd, maxLength: MAX_WAITING_BYTES });
    return opened.on('error', () => {
      opened.destroy();
      current = undefined;
    });
  };
  return {
    write(line) {
      current ??= open();
      current.write(line);
    },
  };
}
