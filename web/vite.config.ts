import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { precompress } from './build/precompress.ts';
import { worldMap } from './build/world-map.ts';

/** What the server itself answers. */
const SERVED = ['/graphql', '/data', '/countries/image'];

const API = process.env.API ?? 'http://127.0.0.1:4000';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page. `npx vite web` serves it during development, on the API of a server that is already running. */
export default defineConfig({
  root: here('.'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [worldMap(here('../bundled/reference.json')), precompress()],
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows only files of this server, not data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(SERVED.map((path) => [path, { target: API, ws: true }])) },
});
