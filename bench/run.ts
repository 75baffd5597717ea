import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HELP, type Options, readOptions } from './options.js';

// npm run bench [-- OPTIONS]: see docs/benchmarks.md.
const options = optionsOrExit();
if (options.help) {
  process.stdout.write(HELP);
  process.exit();
}
const begun = performance.now();
installPeers();
execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder('../'), stdio: 'inherit' });
const { measure } = await import('./measure.js');
const say = (line: string) => process.stdout.write(`${line}\n`);
await measure(options, say);
say(`${options.parts.join(', ')}: done after ${Math.round((performance.now() - begun) / 1000)} s`);
process.exit();

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run bench -- --help tells what there is\n`);
    process.exit(1);
  }
}

/** The peers are this folder's own dependencies: who never runs this never has them. */
function installPeers(): void {
  if (existsSync(new URL('node_modules', import.meta.url))) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder('./'),
    stdio: 'inherit',
  });
}

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
