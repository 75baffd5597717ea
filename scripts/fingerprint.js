import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A hash of everything that the build is made from. File times would not do: copying keeps some and sets others. */
export async function fingerprint() {
  const sources = (await Promise.all(['src', 'web'].map(filesIn))).flat();
  const others = [
    'bundled/reference.json',
    'schema/examples.graphql',
    'scripts/build.js',
    'scripts/build-page.js',
    'scripts/licences.js',
    'scripts/manifest.js',
    'package.json',
    'tsconfig.json',
    'package-lock.json',
  ];
  const hash = createHash('sha256');
  for (const path of [...sources, ...others].sort()) {
    if (existsSync(path)) hash.update(JSON.stringify([path, await readFile(path, 'utf8')]));
  }
  return hash.digest('hex');
}

/** @param {string} folder */
async function filesIn(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}
