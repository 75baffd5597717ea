import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { precompress } from '../build/precompress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The best quality would take as long as the rest of the build together, to save an eighth of the size. */
const FAST_BROTLI = 5;

export default defineConfig({
  root: here('.'),
  base: '/graphiql/',
  plugins: [precompress(FAST_BROTLI)],
  // The editor's workers are modules.
  worker: { format: 'es' },
  build: {
    outDir: here('../../dist/web/graphiql'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The large chunk is the editor, which only this page loads.
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      // The "use client" of React libraries means nothing without a server that renders.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
});
