import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What a reader has to know of where figures come from. */
export interface Circumstances {
  date: string;
  /** Of git; null outside of a clone. */
  commit: string | null;
  machine: string[];
  loadBefore: string;
  loadAfter: string;
  peers: Record<string, string>;
}

export function circumstances(databaseVersion: string | undefined, loadBefore: string): Circumstances {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machineFacts(databaseVersion),
    loadBefore,
    loadAfter: loadNow().text,
    peers: peerVersions(),
  };
}

/** Busy: there was no core without work in the last minute. */
export function loadNow(): { text: string; isBusy: boolean } {
  const loads = loadavg();
  const text = `${loads.map((load) => load.toFixed(1)).join(', ')} on ${cpus().length} cores`;
  return { text, isBusy: (loads[0] ?? 0) > cpus().length / 2 };
}

function machineFacts(databaseVersion: string | undefined): string[] {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`,
    `${platform()} ${release()}, Node ${process.version}`,
    databaseVersion ?? 'no MariaDB or MySQL found',
  ];
}

function commit(): string | null {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'bench') === '' ? '' : ' with changes';
    return `${git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return null;
  }
}

/** The exact versions of the peers, as they are installed. */
function peerVersions(): Record<string, string> {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { devDependencies } = JSON.parse(text) as { devDependencies: Record<string, string> };
  return Object.fromEntries(Object.entries(devDependencies).filter(([name]) => !name.startsWith('@types/')));
}
