import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'rolldown';
import { isolatedDeclaration } from 'rolldown/experimental';
import { buildPage } from './build-page.js';
import { fingerprint } from './fingerprint.js';
import { writeLicences } from './licences.js';
import { publishedManifest } from './manifest.js';

// Bundles the entry points: loading 1,300 modules at each start would take twice the CPU time of loading 100.

/** The server, the command line, the library, and the worker thread that draws the summary picture. */
const ENTRY_POINTS = ['index', 'cli', 'library', 'summary/draw.worker'];

// The tests build into another folder, together with programs of their own.
const [dir = 'dist', ...more] = process.argv.slice(2);

const { output } = await build({
  input: {
    ...Object.fromEntries(ENTRY_POINTS.map((name) => [name, `src/${name}.ts`])),
    ...Object.fromEntries(more.map((path) => [basename(path, '.ts'), path])),
  },
  platform: 'node',
  tsconfig: true,
  external: [
    // Binaries, in a separate package for each platform.
    'libsql',
    '@napi-rs/canvas',
    // Its transports are loaded by their path.
    /^pino/,
    // An optional dependency of type-graphql that is not used.
    'class-validator',
  ],
  // How a package of Apollo gets at node:crypto. A bundled module has no such method: it would hash in JavaScript.
  transform: { define: { 'module.require': 'require' } },
  output: {
    dir,
    cleanDir: true,
    // Flat except for the entry points: see src/runtime.ts.
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { jsdoc: false },
    // As in the sources: NODE_ENV is set before graphql is loaded, and reflect-metadata comes before decorators.
    strictExecutionOrder: true,
  },
});

const chunks = output.filter((it) => it.type === 'chunk');
const pageFiles = await buildPage(join(dir, 'web'));
await writeLicences([...chunks.flatMap((it) => it.moduleIds), ...pageFiles], join(dir, 'LICENCES.txt'));
await writeFile(join(dir, 'package.json'), await publishedManifest(chunks));
const library = await isolatedDeclaration('library.ts', await readFile('src/library.ts', 'utf8'));
if (library.errors.length > 0) throw new Error(`src/library.ts: ${library.errors[0]?.message}`);
await writeFile(join(dir, 'library.d.ts'), library.code);
await writeFile(join(dir, 'built-from'), await fingerprint());
