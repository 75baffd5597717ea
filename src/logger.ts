import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** JSON lines for machines; on a terminal, lines for people. */
export function createLogger(level: string): Logger {
  const options = { level, redact: ['req.headers.authorization', 'req.headers.cookie'] };
  if (!process.stdout.isTTY) return pino(options);
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true },
    },
  });
}
