import { readdir, readFile } from 'node:fs/promises';

/**
 * The processes that were started here, whatever their parent is by now: those with this text in their environment, and
 * the children of this one, zombies among them. None where the system does not list them.
 */
export async function processesWith(text: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => Number(name) > 0);
  const found = await Promise.all(ids.map(async (id) => ((await isOurs(id, text)) ? [await nameOf(id)] : [])));
  return found.flat().toSorted();
}

/** A zombie has a parent, but no environment any more. */
async function isOurs(id: string, text: string): Promise<boolean> {
  if (Number(id) === process.pid) return false;
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  const parent = stat.slice(stat.lastIndexOf(')')).split(' ')[2];
  const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
  return Number(parent) === process.pid || environment.includes(text);
}

async function nameOf(id: string): Promise<string> {
  const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
  return `${id} ${command.replaceAll('\0', ' ')}`;
}

/** Keeps this process busy: what arrives meanwhile is read only afterwards. It waits, leaving the CPU to others. */
export function blockProcess(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
