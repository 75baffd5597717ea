import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from './results.js';

// npm run bench [-- --quick | --smoke]: see docs/benchmarks.md. --smoke runs every part once and keeps no figures.
const mode = process.argv.includes('--smoke') ? 'smoke' : process.argv.includes('--quick') ? 'quick' : 'full';
installPeers();
const begun = performance.now();
const { measureAll } = await import('./measure-all.js');
const results: Results = await measureAll(mode, (part) => process.stdout.write(`${part}\n`));
if (mode === 'smoke') process.stdout.write('every part runs\n');
else {
  const { writeReport } = await import('./report.js');
  const folder = new URL('../docs/', import.meta.url);
  await writeReport(results, folder);
  process.stdout.write(
    `docs/benchmarks.md is written, after ${Math.round((performance.now() - begun) / 1000)} s\n`,
  );
}
process.exit();

/** The peers are this folder's own dependencies: who never runs this never has them. */
function installPeers(): void {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (existsSync(new URL('node_modules', import.meta.url))) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
}
