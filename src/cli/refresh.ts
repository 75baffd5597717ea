import { loadConfig } from '../config.js';
import { beginEarly } from '../refresh/begin-early.js';
import { stoppedError } from '../refresh/refresh-errors.js';
import { onStopSignal } from '../shutdown.js';
import { resolveCacheDir } from '../summary/image-store.js';

/**
 * One refresh, watched. It takes as long as its slowest source, so the sources are asked before anything else that takes
 * its time, and that is done until they answer: it is why modules are loaded one after the other here. Rejects when the
 * refresh fails, so the exit code tells cron.
 */
export async function refreshOnce(options: { dryRun: boolean; force: boolean }): Promise<void> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort(stoppedError()));
  const config = loadConfig();
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const begun = await beginEarly(config, cacheDir, options.force);
  try {
    const { watchRefresh } = await import('./watch-refresh.js');
    stop.signal.throwIfAborted();
    await watchRefresh({ ...begun, config, cacheDir, signal: stop.signal }, options);
  } finally {
    begun.sockets?.close();
    await begun.sources.close();
  }
}
