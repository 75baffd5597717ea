import type { Logger } from '../logger.js';
import type { Accounts } from './served.js';

/** One line a request. */
export function logRequests(logger: Logger, accounts: Accounts): void {
  accounts.keptBy(({ requestId, method, path, status, durationMs, ip, facts }) => {
    const rounded = Math.round(durationMs * 10) / 10;
    logger.info({ requestId, method, path, status, durationMs: rounded, ip, ...facts }, 'request');
  });
}
