import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.js';
import { resolveCacheDir } from '../../src/summary/image-store.js';

let folder: string;
/** Nothing can be made below a file, not even by root. */
let unusable: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-dir-'));
  await writeFile(join(folder, 'file'), '');
  unusable = join(folder, 'file', 'cache');
});

afterEach(() => rm(folder, { recursive: true }));

test.each([true, false])('A folder that can be written is made and used (the default: %s)', async (defaultUsed) => {
  const wanted = join(folder, 'data', 'cache');

  expect(await resolveCacheDir(wanted, defaultUsed)).toBe(wanted);
  expect((await stat(wanted)).isDirectory()).toBe(true);
  expect(await readdir(wanted)).toEqual([]);
});

test('The default gives way to the other folder', async () => {
  const other = join(folder, 'other');

  expect(await resolveCacheDir(unusable, true, other)).toBe(other);
  expect((await stat(other)).isDirectory()).toBe(true);
});

test('A folder that was configured does not', async () => {
  const resolved = resolveCacheDir(unusable, false, join(folder, 'other'));

  await expect(resolved).rejects.toThrow(new ConfigError(`CACHE_DIR: cannot write to ${unusable} (ENOTDIR)`));
  expect(await readdir(folder)).toEqual(['file']);
});

test('Where neither can be written both are named', async () => {
  const other = join(folder, 'file', 'other');

  await expect(resolveCacheDir(unusable, true, other)).rejects.toThrow(
    new ConfigError(
      `CACHE_DIR: cannot write to ${unusable} (ENOTDIR) nor to ${other} (ENOTDIR); set it to a writable folder`,
    ),
  );
});
