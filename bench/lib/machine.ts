import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where figures come from. */
export interface Circumstances {
  date: string;
  /** From git; null outside a clone. */
  commit: string | null;
  machine: string[];
  loadBefore: string;
  loadAfter: string;
  /** The exact versions of the peers. */
  peers: Record<string, string>;
}

export function circumstances(databaseVersion: string | undefined, loadBefore: string): Circumstances {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: [
      `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`,
      `${platform()} ${release()}, Node ${process.version}`,
      databaseVersion ?? 'no MariaDB or MySQL found',
    ],
    loadBefore,
    loadAfter: loadNow().text,
    peers: peerVersions(),
  };
}

/** Busy: the load of the last minute was more than half of the cores. */
export function loadNow(): { text: string; isBusy: boolean } {
  const loads = loadavg();
  const text = `${loads.map((load) => load.toFixed(1)).join(', ')} on ${cpus().length} cores`;
  return { text, isBusy: (loads[0] ?? 0) > cpus().length / 2 };
}

function commit(): string | null {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', 'src', 'bench') !== '';
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? ' with changes' : '');
  } catch {
    return null;
  }
}

function peerVersions(): Record<string, string> {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { devDependencies } = JSON.parse(text) as { devDependencies: Record<string, string> };
  return Object.fromEntries(Object.entries(devDependencies).filter(([name]) => !name.startsWith('@types/')));
}
