import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { sessionsOf } from '../db/sessions.js';
import { processesWith } from '../processes.js';

/** What a refresh could leave behind. Files and sockets are counted by the system where it tells, which is on Linux. */
export interface Traces {
  /** What this process has open, by what it is open on. */
  open: Record<string, number>;
  /** What keeps this process alive: timers, sockets, servers, children. */
  waiting: Record<string, number>;
  /** Of this process or of those that it started, whoever their parent is by now. */
  processes: string[];
  files: string[];
  /** Of the database server. */
  sessions: number;
}

/** `folder` is where everything temporary is made, in a process that has it in its environment. */
export async function tracesOf(database: Database, folder: string): Promise<Traces> {
  const waiting = tally(process.getActiveResourcesInfo());
  const files = (await readdir(folder, { recursive: true })).filter((file) => !CACHED.test(file));
  return {
    open: tally(await openHere()),
    waiting,
    processes: await processesWith(folder),
    files: files.toSorted(),
    sessions: database.poolState() ? (await sessionsOf(database).all.execute(database.kysely)).rows.length : 0,
  };
}

/** Caches that stay by design: compiled modules, and the responses of the sources. */
const CACHED = /^(tsx|node-compile-cache|cache\/sources)/;

const ENDS_WITHIN_MS = 8_000;

/** Good-byes take a moment: of sockets, of sessions on a server, of processes. */
export async function expectNoMore(before: Traces, look: () => Promise<Traces>): Promise<void> {
  for (const deadline = performance.now() + ENDS_WITHIN_MS; ; await sleep(50)) {
    const now = await look();
    if (isDeepStrictEqual(now, before)) return;
    if (performance.now() > deadline) return expect(now).toEqual(before);
    collectGarbageAtTimes();
  }
}

/** What is there when nothing has changed for a while. */
export async function settled(look: () => Promise<Traces>): Promise<Traces> {
  for (let last = await look(), since = performance.now(); ; ) {
    collectGarbageAtTimes();
    await sleep(50);
    const now = await look();
    if (!isDeepStrictEqual(now, last)) since = performance.now();
    if (performance.now() - since > QUIET_MS) return now;
    last = now;
  }
}

const QUIET_MS = 1_500;

/** What libsql has open it closes with its garbage. Twice a second is enough: each time takes a tenth of one. */
const collectGarbageAtTimes = (() => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let lastAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lastAt < 500) return;
    collect();
    lastAt = performance.now();
  };
})();

/**
 * SQLite parks the descriptors of a closed connection for the next one while another has the file open; how many
 * connections there are, those of its log tell.
 */
const PARKED = /\.db$/;

async function openHere(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(descriptors.map((it) => readlink(`/proc/self/fd/${it}`).catch(() => '')));
  const counted = targets.filter((target) => target !== '' && !PARKED.test(target));
  // Sockets and pipes have a number of their own behind the kind.
  return counted.map((target) => target.replace(/:\[\d+\]$/, ''));
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
