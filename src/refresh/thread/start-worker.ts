import { Worker } from 'node:worker_threads';
import { FROM_SOURCES, programFile } from '../../runtime.js';
import type { ThreadData } from './messages.js';

const ENTRY = programFile('refresh/thread/entry');

export function startWorker(workerData: ThreadData): Worker {
  if (FROM_SOURCES) return new Worker(compiling(ENTRY), { eval: true, workerData });
  return new Worker(ENTRY, { workerData });
}

/** A thread does not inherit what compiles its process's modules. */
function compiling(entry: URL): string {
  const [compiler, module] = [import.meta.resolve('tsx/esm/api'), entry.href].map((url) =>
    JSON.stringify(url),
  );
  return `import(${compiler}).then(({ register }) => { register(); return import(${module}); });`;
}
