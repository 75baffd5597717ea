import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { program } from '../programs.js';

export interface ChildResult {
  /** After the word "ready". */
  stdout: string;
  stderr: string;
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
}

/**
 * Runs a file of `children/` in several processes, which begin together: each has loaded its program, says that it is
 * ready, and waits for the others.
 */
export async function runChildren(script: string, count: number, url: string): Promise<ChildResult[]> {
  const path = fileURLToPath(program(script));
  const children = Array.from({ length: count }, () => spawn(process.execPath, [path, url], { stdio: 'pipe' }));
  const stderrs = children.map((child) => text(child.stderr));
  await Promise.all(children.map((child) => Promise.race([once(child.stdout, 'data'), once(child, 'exit')])));
  const stdouts = children.map((child) => text(child.stdout));
  const results = children.map(async (child, index) => ({
    stdout: (await stdouts[index]) ?? '',
    stderr: (await stderrs[index]) ?? '',
    ...(await endOf(child)),
  }));
  for (const child of children) {
    child.stdin.end();
  }
  return Promise.all(results);
}

async function endOf(child: ChildProcess): Promise<Pick<ChildResult, 'exitCode' | 'signal'>> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit');
  }
  return { exitCode: child.exitCode, signal: child.signalCode };
}
