import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(css|html|js|json|svg|txt)$/;

/** Smaller files gain less than their headers take. */
const MIN_BYTES = 512;

/** Writes a `.br` and a `.gz` next to each file that benefits, so that the server need not compress. */
export function precompress(brotliQuality = constants.BROTLI_MAX_QUALITY): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((it) => it.isFile() && COMPRESSIBLE.test(it.name));
      await Promise.all(files.map((it) => compress(join(it.parentPath, it.name), brotliQuality)));
    },
  };
}

async function compress(path: string, brotliQuality: number): Promise<void> {
  const content = await readFile(path);
  if (content.length < MIN_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  await Promise.all([
    writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params })),
    writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 })),
  ]);
}
