import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fingerprint } from './fingerprint.js';

// Runs before npm start and npm run refresh. An install may lack what the build needs, and a folder may be read-only:
// the existing build then starts as it is.

const built = await readFile('dist/built-from', 'utf8').catch(() => undefined);
if (built !== (await fingerprint())) await build();

async function build() {
  try {
    await import('./build.js');
  } catch (error) {
    const [, missing] = /Cannot find package '(rolldown|vite)'/.exec(error instanceof Error ? error.message : '') ?? [];
    if (missing === undefined) throw error;
    reportMissing(missing);
  }
}

/** @param {string} name */
function reportMissing(name) {
  const isBuilt = existsSync('dist/index.js');
  const consequence = isBuilt ? 'starting dist/, which is of other sources' : 'run npm ci, then npm run build';
  process.stderr.write(`country-exchange: cannot build, because ${name} is not installed: ${consequence}\n`);
  if (!isBuilt) process.exitCode = 1;
}
