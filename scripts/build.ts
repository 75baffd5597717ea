import { build } from 'rolldown';

// Bundles the entry points: loading 1,300 modules at each start would take twice the CPU time of loading 100.

/** The server, the command line, and the worker thread that draws the summary picture. */
const ENTRY_POINTS = ['index', 'cli', 'summary/draw.worker'];

// Tests build elsewhere.
const dir = process.argv[2] ?? 'dist';

await build({
  input: Object.fromEntries(ENTRY_POINTS.map((name) => [name, `src/${name}.ts`])),
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
