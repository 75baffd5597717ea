import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface ColdProcess {
  /** `country-exchange refresh` from the start of its process to the line that tells of the commit, in milliseconds. */
  refresh(): Promise<number>;
  close(): Promise<void>;
}

/** As cron runs it: always a new process, but the folder is the same. */
export async function openColdProcess(settings: NodeJS.ProcessEnv): Promise<ColdProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  return {
    refresh: () => refreshInNewProcess({ ...settings, CACHE_DIR: folder }),
    close: () => rm(folder, { recursive: true }),
  };
}

async function refreshInNewProcess(settings: NodeJS.ProcessEnv): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [CLI, 'refresh'], {
    env: { ...process.env, ...settings, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const told = once(child.stdout, 'data').then(() => performance.now() - begun);
  // Then it draws the picture, which the refresh does not wait for.
  const [code] = await exited;
  if (code !== 0) throw new Error(`country-exchange refresh ended with ${code}`);
  return told;
}
