import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The folder of this package, seen from `src` as from `dist`: every file of either that asks for it lies directly there. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);

/** True in development and in the tests, which run the sources as they are. */
export const FROM_SOURCES = import.meta.url.endsWith('.ts');

/** The file with which another thread or process begins, such as `summary/draw-process`. */
export function programFile(name: string): URL {
  return new URL(FROM_SOURCES ? `src/${name}.ts` : `dist/${name}.js`, PACKAGE_ROOT);
}

const manifest = new URL('package.json', PACKAGE_ROOT);

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

/**
 * Imported, it would make all that it exports at once. From Node 22 on a web socket is among that, and all of fetch behind
 * it: 30 ms of each start, and of each refresh of a new process before its sources are asked.
 */
export const { STATUS_CODES } = createRequire(import.meta.url)('node:http') as typeof import('node:http');
