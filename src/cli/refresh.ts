// With these a source can be asked. The rest is loaded while the sources answer, for it takes longer than all of this.
import '../refresh/sources/catalogue.js';
import '../refresh/sources/undici-parts.js';
import { loadConfig } from '../config.js';
import { knock } from '../db/knock.js';
import { stoppedError } from '../refresh/ended.js';
import { AnswerMemory } from '../refresh/sources/answer-memory.js';
import { askEarly } from '../refresh/sources/ask-early.js';
import { createSources } from '../refresh/sources/sources.js';
import { onStopSignal } from '../signals.js';
import { resolveCacheDir } from '../summary/cache-dir.js';

/** What a refresh asks of the database before the sources answer, each on a connection of its own, and the writer's. */
const CONNECTIONS = 11;

/**
 * One refresh, watched. It takes as long as its slowest source, so the sources are asked first of all, and whatever else
 * there is to do is done until they answer. Rejects when it fails, so the exit code tells cron.
 */
export async function refreshOnce(options: { dryRun: boolean; force: boolean }): Promise<void> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort(stoppedError()));
  const config = loadConfig();
  const cacheDir = await resolveCacheDir(config.cacheDir.path, config.cacheDir.isDefault);
  const sockets = knock(config.database, CONNECTIONS);
  const memory = new AnswerMemory(cacheDir);
  const sources = askEarly(createSources(config.sources, memory), options.force);
  try {
    const { watchRefresh } = await import('./watch-refresh.js');
    stop.signal.throwIfAborted();
    await watchRefresh({ config, cacheDir, sockets, memory, sources, signal: stop.signal }, options);
  } finally {
    sockets?.close();
    await sources.close();
  }
}
