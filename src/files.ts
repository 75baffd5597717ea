import { randomUUID } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Puts a file in the place of another. Whoever reads meanwhile gets the old one or the new one, whole.
 *
 * A full disk makes `fs.write` store a part and report no error. `FileHandle.writeFile` goes on until all is stored or
 * fails, so a cut file is never put in the other's place.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await removeLeftOvers(path);
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
async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

const LEFT_OVER_AFTER_MS = 60_000;

/** What a process that was killed in the middle of a write has left. Younger files may be another process's. */
async function removeLeftOvers(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue;
    const file = join(dirname(path), name);
    const modifiedMs = (await stat(file).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > LEFT_OVER_AFTER_MS) await rm(file, { force: true });
  }
}

/**
 * Makes a folder with those above it. Node's own way of doing that never ends where the system says that an existing
 * folder above does not exist, as it does in /proc.
 */
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
