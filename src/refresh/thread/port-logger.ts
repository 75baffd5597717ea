import type { MessagePort } from 'node:worker_threads';
import type { Logger } from '../../logger.js';
import type { FromThread } from './messages.js';
import { fromPlain, toPlain } from './plain-error.js';

/** The log is written by one thread. */
export function loggerBehind(port: MessagePort): Pick<Logger, 'warn'> {
  const warn = (first: string | Record<string, unknown>, message = '') => {
    const { err, ...fields } = typeof first === 'string' ? {} : first;
    const warning = typeof first === 'string' ? first : message;
    const said: FromThread = { warning, fields, err: err === undefined ? undefined : toPlain(err) };
    port.postMessage(said);
  };
  return { warn };
}

export function logWarning(logger: Pick<Logger, 'warn'>, { warning, fields, err }: FromThread): void {
  logger.warn({ ...fields, ...(err && { err: fromPlain(err) }) }, warning);
}
