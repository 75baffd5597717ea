import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Builds the page and GraphiQL. Returns the files of packages that are in them.
 * @param {string} dir
 */
export async function buildPage(dir) {
  // In this order: the page empties the folder.
  const page = await buildWith('web', dir);
  const graphiql = await buildWith('web/graphiql', join(dir, 'graphiql'));
  // The shapes of countries are in the map that the build draws.
  return [...page, ...graphiql, fileURLToPath(import.meta.resolve('world-atlas/countries-50m.json'))];
}

/**
 * @param {string} root
 * @param {string} dir
 */
async function buildWith(root, dir) {
  /** @type {Set<string>} */
  const inWorkers = new Set();
  const noteModules = {
    name: 'note-modules',
    moduleParsed: (/** @type {{ id: string }} */ { id }) => void inWorkers.add(id),
  };
  const built = await build({
    configFile: `${root}/vite.config.ts`,
    logLevel: 'warn',
    // Otherwise it warns of slow plugins on a slow machine.
    build: { outDir: resolve(dir), rolldownOptions: { checks: { pluginTimings: false } } },
    worker: { plugins: () => [noteModules] },
  });
  if (!('output' in built)) throw new Error('Expected one output');
  const files = built.output.flatMap((it) =>
    it.type === 'chunk' ? it.moduleIds : it.originalFileNames.map((name) => resolve(root, name)),
  );
  return [...files, ...inWorkers];
}
