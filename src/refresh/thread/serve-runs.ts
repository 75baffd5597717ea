import type { MessagePort } from 'node:worker_threads';
import { openDatabase } from '../../db/connect.js';
import { createPictureStore } from '../../summary/image-store.js';
import { stopRendering } from '../../summary/render.js';
import type { Begun } from '../begin-early.js';
import { createRunner } from '../create-runner.js';
import { RefreshLease } from '../lease.js';
import { RefreshReports } from '../repository.js';
import type { ThreadData, ToThread } from './messages.js';
import { loggerBehind } from './port-logger.js';
import { type Serving, serveRun } from './serve-run.js';

/** Runs what is ordered, until it is told to end. Nobody orders anything before the database is migrated. */
export async function serveRuns(
  orders: MessagePort,
  { config, cacheDir, times }: ThreadData,
  { sockets, memory, sources }: Begun,
): Promise<void> {
  const logger = loggerBehind(orders);
  const onWarning = (message: string) => logger.warn(message);
  const database = await openDatabase({ ...config.database, sockets, onWarning });
  // Whoever needs it hears of its failure.
  memory.load(database).catch(() => undefined);
  const picture = createPictureStore(cacheDir);
  const parts = { config: config.refresh, database, sources, picture, times, logger };
  const runner = createRunner({ ...parts, rehearses: true });
  const reports = new RefreshReports(database, config.refresh.keepReports);
  const lease = new RefreshLease(database, times);
  const running = new Set<Promise<void>>();
  let last: Promise<void> = Promise.resolve();
  const serving: Serving = {
    begin: (parts) => runner.begin({ ...parts, reports, lease }),
    afterwards: (work) => {
      last = last.then(work);
      return last;
    },
  };
  const end = async () => {
    sockets?.close();
    // What follows a commit is still under way where it is the picture that takes long.
    await stopRendering();
    await Promise.all(running);
    await sources.close();
    await database.close();
    orders.close();
  };
  orders.on('message', (message: ToThread) => {
    if (message === 'end') return end();
    const run = serveRun(message.port, message.order, serving).finally(() => running.delete(run));
    running.add(run);
    return undefined;
  });
}
