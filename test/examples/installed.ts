import { existsSync } from 'node:fs';

/** What to do when the examples' packages are missing. Nothing else needs them, and they take 160 MB. */
export const INSTALL_EXAMPLES = 'run npm ci --prefix examples';

/** In CI they must be there, so that nothing is skipped unnoticed. */
export function examplesAreInstalled(): boolean {
  if (existsSync('examples/node_modules')) return true;
  if (process.env.CI !== 'true') return false;
  throw new Error(`CI=true, but the packages of the examples are not installed: ${INSTALL_EXAMPLES}`);
}
