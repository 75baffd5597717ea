import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';

/** The server, the command line, or a program of the tests in a folder `children`; each as it was built for this run. */
export function program(name: string): URL {
  return pathToFileURL(join(inject('builtPackage'), 'dist', `${name}.js`));
}
