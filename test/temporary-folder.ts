import { statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux only; nothing in it is ever written to a disk. */
const IN_MEMORY = '/dev/shm';

/** The servers take 300 MB together. */
const ROOM_BYTES = 2_000_000_000;

/** For databases, in memory where there is room: a third of the time of their tests would be waiting for the disk. */
export function makeDatabaseFolder(name: string): Promise<string> {
  return mkdtemp(join(hasRoomInMemory() ? IN_MEMORY : tmpdir(), `country-exchange-${name}-`));
}

function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false;
  }
}
