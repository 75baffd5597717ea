import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../replace-file.js';

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
