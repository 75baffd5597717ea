import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import type { RefreshService } from './refresh.service.js';
import type { StatusService } from './status.service.js';

/**
 * The refresh that a start may begin with. It is waited for only when there is nothing to serve yet; a server that
 * holds data answers at once with what it has. A failed refresh does not stop the start.
 */
export async function refreshOnStart(
  when: Config['refresh']['onStart'],
  status: StatusService,
  refreshes: RefreshService,
  logger: Logger,
): Promise<void> {
  const { totalCountries, stale } = await status.status();
  const isEmpty = totalCountries === 0;
  const wanted = { never: false, 'when-empty': isEmpty, 'when-stale': isEmpty || stale, always: true }[when];
  if (!wanted) return;
  if (isEmpty) logger.info('the database is empty: fetching the first data');
  const { done } = refreshes.start({ startedBy: 'start' });
  if (isEmpty) await done.catch(() => undefined);
}
