import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Options } from './bench.js';
import { PART_NAMES, type PartName } from './part.js';

// npm run bench [-- OPTIONS]: see docs/benchmarks.md.

const HELP = `npm run bench [-- OPTIONS]

Measures country-exchange beside its peers, writes docs/benchmarks.md and ends with the floors, reached or not. Without
options it measures everything, which takes about three quarters of an hour; leave the machine alone meanwhile.

  --quick         fewer rounds and smaller sets, some minutes
  --smoke         runs every part once, as short as can be, and keeps no figures
  --only PARTS    one or more of ${PART_NAMES.join(', ')};
                  comma-separated or repeated. The rest of the page stays as it was measured before
  --minutes N     how long each attack of the part "hostile" lasts; 15 show that memory levels off
  --help          this text
`;

const options = optionsOrExit();
const begun = performance.now();
// The peers are dependencies of this folder alone.
if (!existsSync(new URL('node_modules', import.meta.url)))
  npm('./', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
npm('../', 'run', '--silent', 'build');
const say = (line: string) => process.stdout.write(`${line}\n`);
await (await import('./bench.js')).bench(options, say);
say(`${options.parts.join(', ')}: done after ${Math.round((performance.now() - begun) / 1000)} s`);
process.exit();

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run bench -- --help lists the options\n`);
    process.exit(1);
  }
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
      minutes: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit();
  }
  if (values.quick && values.smoke) throw new Error('--quick and --smoke exclude each other');
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (minutes !== undefined && !(minutes > 0)) throw new Error(`--minutes is "${values.minutes}", not a number`);
  const only = new Set(values.only.flatMap((list) => list.split(',')).map(partNamed));
  return {
    mode: values.smoke ? 'smoke' : values.quick ? 'quick' : 'full',
    parts: only.size === 0 ? PART_NAMES : PART_NAMES.filter((part) => only.has(part)),
    minutes,
  };
}

function partNamed(name: string): PartName {
  const found = PART_NAMES.find((part) => part === name.trim());
  if (!found) throw new Error(`--only does not know "${name}", but ${PART_NAMES.join(', ')}`);
  return found;
}

function npm(folder: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd: fileURLToPath(new URL(folder, import.meta.url)), stdio: 'inherit' });
}
