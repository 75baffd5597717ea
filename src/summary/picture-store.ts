import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps the last picture as one file. */
export interface PictureStore {
  /** Where the picture is, once there is one. */
  pathOf(): string;
  exists(): Promise<boolean>;
  /** Replaces the picture. Whoever reads meanwhile gets the old one or the new one, whole. */
  write(png: Uint8Array): Promise<void>;
}

export function createPictureStore(cacheDir: string): PictureStore {
  const path = join(cacheDir, FILE_NAME);
  return {
    pathOf: () => path,
    exists: async () => Boolean(await stat(path).catch(() => null)),
    async write(png) {
      await mkdir(cacheDir, { recursive: true });
      await removeLeftOvers(cacheDir);
      await replaceFile(path, png);
    },
  };
}

const FILE_NAME = 'summary.png';
const TEMPORARY = /^summary\.png\..+\.tmp$/;
const LEFT_OVER_AFTER_MS = 60_000;

/**
 * A full disk makes `fs.write` store a part and report no error. `FileHandle.writeFile` goes on until all is stored or
 * fails, so a cut file is never put in the picture's place.
 */
async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeThrough(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** On the disk before it is renamed: else a power cut may leave the new name with nothing behind it. */
async function writeThrough(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What a process that was killed in the middle of a write has left. Younger files may be another process's. */
async function removeLeftOvers(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!TEMPORARY.test(name)) continue;
    const file = join(cacheDir, name);
    const modifiedMs = (await stat(file).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > LEFT_OVER_AFTER_MS) await rm(file, { force: true });
  }
}
