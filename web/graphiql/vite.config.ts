import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { precompress } from '../build/precompress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The best one would take as long as everything else in the build together, for an eighth of the size. */
const FAST_BROTLI = 5;

export default defineConfig({
  root: here('.'),
  base: '/graphiql/',
  plugins: [precompress(FAST_BROTLI)],
  // The editor's, which are modules.
  worker: { format: 'es' },
  build: {
    outDir: here('../../dist/web/graphiql'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // It is the editor, which is loaded on this page alone.
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      // Of libraries for React, "use client" means nothing without a server that renders.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
});
