import { readFile } from 'node:fs/promises';

/** Packages loaded by path, which no import names: for the log on a terminal, and for the files of the picture. */
const LOADED_BY_PATH = ['pino-pretty', 'circle-flags', '@fontsource/inter'];

/** What only the repository needs. */
const UNPUBLISHED = new Set(['private', 'scripts', 'dependencies', 'devDependencies', 'overrides']);

/**
 * The package.json of the published package: that of the repository, with only the dependencies that are not bundled.
 * @param {Pick<import('rolldown').OutputChunk, 'imports' | 'dynamicImports'>[]} chunks
 */
export async function publishedManifest(chunks) {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  const imported = new Set([...chunks.flatMap((it) => [...it.imports, ...it.dynamicImports]), ...LOADED_BY_PATH]);
  const kept = Object.entries(manifest).filter(([name]) => !UNPUBLISHED.has(name));
  const dependencies = Object.entries(manifest.dependencies).filter(([name]) => imported.has(name));
  return `${JSON.stringify({ ...Object.fromEntries(kept), dependencies: Object.fromEntries(dependencies) }, null, 2)}\n`;
}
