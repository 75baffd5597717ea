import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** The package folder. This file is directly in `src`, and its bundle directly in `dist`. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);

/** True in development and in tests, which run the sources without a build. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');

/** Starts an entry point, such as `summary/draw.worker`, as a worker thread. */
export function startWorker(name: string, workerData: unknown): Worker {
  if (!FROM_SOURCES) return new Worker(new URL(`${name}.js`, import.meta.url), { workerData });
  // A thread does not inherit this process's TypeScript loader.
  const entry = new URL(`src/${name}.ts`, PACKAGE_ROOT).href;
  const [tsx, module] = [import.meta.resolve('tsx/esm/api'), entry].map((url) => JSON.stringify(url));
  const script = `import(${tsx}).then(({ register }) => { register(); return import(${module}); });`;
  return new Worker(script, { eval: true, workerData });
}

const manifest = new URL('package.json', PACKAGE_ROOT);

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
