import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = 'web';

/**
 * Builds the page. Returns the files of packages that are in it.
 * @param {string} dir
 */
export async function buildPage(dir) {
  const outDir = resolve(dir);
  const built = await build({ configFile: `${ROOT}/vite.config.ts`, logLevel: 'warn', build: { outDir } });
  if (!('output' in built)) throw new Error('Expected one output');
  const files = built.output.flatMap((it) =>
    it.type === 'chunk' ? it.moduleIds : it.originalFileNames.map((name) => resolve(ROOT, name)),
  );
  // Its shapes are in the map that the build draws.
  return [...files, fileURLToPath(import.meta.resolve('world-atlas/countries-50m.json'))];
}
