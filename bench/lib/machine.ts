import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What a reader has to know of where the figures come from. */
export function machineFacts(databaseVersion: string | undefined): string[] {
  const [cpu] = cpus();
  return [
    `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`,
    `${platform()} ${release()}, Node ${process.version}`,
    databaseVersion ?? 'no MariaDB or MySQL found: the refresh at distance was left out',
    `load of the machine at the end: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  ];
}

/** The exact versions of the peers, as they are installed. */
export function peerVersions(): Record<string, string> {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { devDependencies: Record<string, string> }).devDependencies;
}
