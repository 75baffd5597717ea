import { copyFile, rename } from 'node:fs/promises';

// Runs before and after npm pack, which takes the package.json of the folder: the published one names the packages that
// are loaded at run time, a fifth of those that the repository needs.

const KEPT = 'package.repository.json';

if (process.argv.includes('--back')) {
  // Before a pack there is none, unless an earlier pack was interrupted.
  await rename(KEPT, 'package.json').catch(() => undefined);
} else {
  await rename('package.json', KEPT);
  await copyFile('dist/package.json', 'package.json');
}
