import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';
import { makeFolder, replaceFile } from '../files.js';

/** Keeps the last picture as one file. */
export interface PictureStore {
  /** Where the picture is, once there is one. */
  pathOf(): string;
  exists(): Promise<boolean>;
  /** Replaces the picture. Whoever reads meanwhile gets the old one or the new one, whole. */
  write(png: Uint8Array): Promise<void>;
}

export function createPictureStore(cacheDir: string): PictureStore {
  const path = join(cacheDir, 'summary.png');
  return {
    pathOf: () => path,
    exists: async () => Boolean(await stat(path).catch(() => null)),
    write: (png) => replaceFile(path, png),
  };
}

/**
 * The folder for the picture, made when it is missing. Only the default gives way to `/tmp/cache` where it cannot be
 * written: a folder that somebody has asked for is used or refused.
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
    `CACHE_DIR: cannot write to ${configured} (${refusal}) nor to ${fallback} (${secondRefusal}); name a folder that can be written`,
  );
}

/** Why files cannot be made in the folder, or null when they can. */
async function refusalOf(dir: string): Promise<string | null> {
  try {
    makeFolder(dir);
    await access(dir, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
