import '../../production.js';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData } from './messages.js';

// After that: see index.ts.
const { beginEarly } = await import('../begin-early.js');

// The thread of refresh-thread.ts. Its refresh takes as long as its slowest source, so what it waits for is begun before
// the rest is loaded.
const data = workerData as ThreadData;
const begun = await beginEarly(data.config, data.cacheDir, data.force);
const { serveRuns } = await import('./serve-runs.js');
if (parentPort) await serveRuns(parentPort, data, begun);
