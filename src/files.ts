import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file atomically: a reader gets the old one or the new one.
 *
 * On a full disk, `fs.write` stores a part and reports no error. `FileHandle.writeFile` stores everything or fails.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Left behind by a process that was killed while writing.
  await removeOldFiles(dirname(path), (name) => name.startsWith(basename(path)) && name.endsWith('.tmp'));
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeThrough(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Synced before it is renamed: otherwise a power failure may leave an empty file under the new name. */
async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

const OLD_AFTER_MS = 60_000;

/** Removes matching files from the folder, except those younger than a minute, which may still be in use. */
export async function removeOldFiles(folder: string, isWanted: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(folder)).filter(isWanted)) {
    const file = join(folder, name);
    const modifiedMs = (await stat(file).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > OLD_AFTER_MS) await rm(file, { force: true });
  }
}

/** Creates a folder and its parents. Node's recursive mkdir never returns below /proc, where existing folders look missing. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (isFolder(path)) return;
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(above) || above === path) throw error;
    makeFolder(above);
    makeFolder(path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
