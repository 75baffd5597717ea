import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'rolldown';
import { fingerprint } from './fingerprint.js';
import { writeLicences } from './licences.js';

// Bundles the entry points: loading 1,300 modules at each start would take twice the CPU time of loading 100.

/** The server, the command line, and the worker thread that draws the summary picture. */
const ENTRY_POINTS = ['index', 'cli', 'summary/draw.worker'];

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
    // Binaries, each in a package of its own for every platform.
    'libsql',
    '@napi-rs/canvas',
    // Its transports are loaded by their path.
    /^pino/,
    // An optional dependency of type-graphql that is not used.
    'class-validator',
  ],
  output: {
    dir,
    cleanDir: true,
    // Flat except for the entry points: see src/runtime.ts.
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    comments: { jsdoc: false },
    // As in the sources: NODE_ENV is set before graphql is loaded, and reflect-metadata comes before decorators.
    strictExecutionOrder: true,
  },
});

await writeLicences(
  output.flatMap((it) => (it.type === 'chunk' ? it.moduleIds : [])),
  join(dir, 'LICENCES.txt'),
);
await writeFile(join(dir, 'built-from'), await fingerprint());
