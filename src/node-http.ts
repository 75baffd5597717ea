import { createRequire } from 'node:module';

/**
 * Imported, it would make all that it exports at once. From Node 22 on a web socket is among that, and all of fetch behind
 * it: 30 ms of each start, and of each refresh of a new process before its sources are asked.
 */
export const { createServer, STATUS_CODES } = createRequire(import.meta.url)(
  'node:http',
) as typeof import('node:http');
