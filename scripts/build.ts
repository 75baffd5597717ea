import { build } from 'rolldown';

// A start is the loading of modules: thirteen hundred take twice the CPU time of a hundred. See docs/decisions/0033.

/**
 * With which a process or a thread begins. What serves and what refreshes are built apart: neither shall load what only
 * the other needs.
 */
const SERVING = ['index', 'summary/draw-process'];
const REFRESHING = ['cli', 'refresh/thread/entry'];

/** What comes before the sources are asked is in one file: each file takes its time to be found and read. */
const ASKING =
  /src[\\/](cli[\\/](run|refresh)|refresh[\\/]begin-early|refresh[\\/]sources[\\/]ask-sources)\.ts$/;

// Tests build elsewhere.
const dir = process.argv[2] ?? 'dist';

await write(SERVING, { cleanDir: true });
await write(REFRESHING, { codeSplitting: { groups: [{ name: 'ask', test: ASKING }] } });

async function write(programs: readonly string[], output: object): Promise<void> {
  await build({
    input: Object.fromEntries(programs.map((name) => [name, `src/${name}.ts`])),
    platform: 'node',
    tsconfig: true,
    // What a refresh loads at once, a server loads when it refreshes.
    checks: { ineffectiveDynamicImport: false },
    external: [
      // Binaries, each in a package of its own for every platform.
      'libsql',
      '@napi-rs/canvas',
      // Its transports are loaded by their path.
      /^pino/,
      // What type-graphql would check arguments with, which nobody has asked for.
      'class-validator',
    ],
    output: {
      dir,
      // Flat but for the programs: see src/package-root.ts.
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      sourcemap: true,
      // It would be read at each start.
      comments: { jsdoc: false },
      // What comes first in the sources comes first: the mode of graphql, and the metadata that decorators write to.
      strictExecutionOrder: true,
      ...output,
    },
  });
}
