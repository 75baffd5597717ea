/**
 * Runs the unit and API tests, and those that build, pack, install and start the program, on each supported version of
 * Node, and prints a table. The versions come from the npm registry. `npm run test:node -- 24 26` runs only some.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The oldest supported version, then the newest of each line. */
const VERSIONS = ['20.19.0', '22', '24', '26'];

const RUNS: Record<string, { args: string[]; settings?: NodeJS.ProcessEnv }> = {
  'units and API': { args: [], settings: { TEST_QUICK: '1' } },
  'built, packed, installed, started': { args: ['--project', 'processes', 'test/deploy'] },
};

/** What npm's package `node` installs in an install script. */
const PACKAGE = `node-${process.platform === 'darwin' ? 'bin-' : ''}${process.platform}-${process.arch}`;

const folder = mkdtempSync(join(tmpdir(), 'country-exchange-node-'));
const wanted = process.argv.slice(2);
const rows = (wanted.length > 0 ? wanted : VERSIONS).map((version) => row(version));
rmSync(folder, { recursive: true });

const head = ['Node', ...Object.keys(RUNS)];
const table = [head, head.map(() => '---'), ...rows.map(({ cells }) => cells)];
process.stdout.write(`\n${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
if (!rows.every(({ isGood }) => isGood)) process.exitCode = 1;

function row(version: string): { cells: string[]; isGood: boolean } {
  const prefix = join(folder, version);
  run('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `${PACKAGE}@${version}`]);
  const bin = join(prefix, 'node_modules', PACKAGE, 'bin');
  // The npm and npx of the tests run on it too.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, TEST_DATABASES: 'sqlite' };
  const node = join(bin, 'node');
  const results = Object.values(RUNS).map(({ args, settings }) =>
    tests(node, args, { ...env, ...settings }, join(prefix, 'results.json')),
  );
  const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
  return { cells: [exact, ...results.map(({ text }) => text)], isGood: results.every(({ isGood }) => isGood) };
}

function tests(node: string, args: string[], env: NodeJS.ProcessEnv, file: string): { text: string; isGood: boolean } {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = run(node, ['node_modules/vitest/vitest.mjs', 'run', ...args, ...reporters], env);
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
  const isGood = status === 0;
  return {
    text: isGood ? `${numPassedTests} passed` : `${numFailedTests} of ${numFailedTests + numPassedTests} FAILED`,
    isGood,
  };
}

function run(command: string, args: string[], env = process.env) {
  return spawnSync(command, args, { env, stdio: 'inherit' });
}
