import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../errors.js';
import { makeFolder, removeOldFiles, replaceFile } from '../files.js';

/** Keeps the pictures as files, which several processes may share. */
export interface PictureStore {
  /** The path of the picture of that name; null when there is none. */
  find(name: string): Promise<string | null>;
  /** Stores a picture and removes older ones. Returns its path. A reader never sees a part of a picture. */
  write(name: string, png: Uint8Array): Promise<string>;
}

export function createPictureStore(cacheDir: string): PictureStore {
  const pathOf = (name: string) => join(cacheDir, `summary-${name}.png`);
  return {
    find: async (name) => ((await stat(pathOf(name)).catch(() => null)) ? pathOf(name) : null),
    async write(name, png) {
      const path = pathOf(name);
      await replaceFile(path, png);
      await removeOldFiles(cacheDir, (file) => /^summary-.*\.png(\..*\.tmp)?$/.test(file) && file !== basename(path));
      return path;
    },
  };
}

/**
 * The cache folder, created if it is missing. Only the default falls back to `/tmp/cache` when it is not writable: a
 * folder that was configured is used or refused.
 */
export async function resolveCacheDir(
  configured: string,
  defaultUsed: boolean,
  fallback = '/tmp/cache',
): Promise<string> {
  const refusal = await refusalOf(configured);
  if (refusal === null) return configured;
  if (!defaultUsed) throw new ConfigError(`CACHE_DIR: cannot write to ${configured} (${refusal})`);
  const secondRefusal = await refusalOf(fallback);
  if (secondRefusal === null) return fallback;
  throw new ConfigError(
    `CACHE_DIR: cannot write to ${configured} (${refusal}) nor to ${fallback} (${secondRefusal}); set it to a writable folder`,
  );
}

/** Why no file can be created in the folder, or null. */
async function refusalOf(dir: string): Promise<string | null> {
  try {
    makeFolder(dir);
    await access(dir, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
