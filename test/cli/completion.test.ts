import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { runChild } from '../child.js';
import { program } from '../programs.js';

const execute = promisify(execFile);

/** Asks each shell in its own way what it offers at the end of a line. */
const SHELLS = {
  bash: (script: string, line: string) => [
    '-c',
    `. ${script}; COMP_WORDS=(${line.replace(/ $/, " ''")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _country_exchange country-exchange "\${COMP_WORDS[COMP_CWORD]}"; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  fish: (script: string, line: string) => ['--no-config', '-c', `source ${script}; complete -C '${line}'`],
};

describe.each(Object.entries(SHELLS))('completion in %s', (shell, argumentsOf) => {
  const path = `/usr/bin/${shell}`;
  let script: string;
  beforeAll(async () => {
    const { stdout, exitCode } = await runChild(program('cli'), ['completion', shell]);
    expect(exitCode).toBe(0);
    script = join(await mkdtemp(join(inject('testFolder'), 'completion-')), shell);
    await writeFile(script, stdout);
  });

  it.runIf(existsSync(path)).each([
    ['country-exchange re', ['refresh']],
    ['country-exchange s', ['schema', 'serve', 'status']],
    ['country-exchange serve --', ['--database', '--help', '--host', '--port', '--quiet']],
    ['country-exchange backfill --t', ['--to']],
    ['country-exchange completion ', ['bash', 'fish', 'zsh']],
  ])('offers after "%s" %j', async (line, expected) => {
    const { stdout } = await execute(path, argumentsOf(script, line));
    const offered = stdout.split('\n').map((it) => it.split('\t')[0] ?? '');
    const words = offered.filter((word) => word !== '' && !['-h', '-V'].includes(word));
    expect(words.filter((word) => (line.endsWith('completion ') ? !word.startsWith('-') : true)).toSorted()).toEqual(
      expected,
    );
  });
});

describe('completion in zsh', () => {
  it.runIf(existsSync('/usr/bin/zsh'))('is accepted by its completion system', async () => {
    const { stdout: script } = await runChild(program('cli'), ['completion', 'zsh']);
    const path = join(await mkdtemp(join(inject('testFolder'), 'completion-')), 'zsh');
    await writeFile(path, script);
    const lines = `autoload -Uz compinit && compinit -D -u; . ${path}; print $_comps[country-exchange] $+functions[_country_exchange]`;
    expect((await execute('/usr/bin/zsh', ['-fc', lines])).stdout).toBe('_country_exchange 1\n');
  });
});

it('an unknown shell is an error', async () => {
  const { stderr, exitCode } = await runChild(program('cli'), ['completion', 'tcsh']);
  expect(stderr).toMatch(/'tcsh' is invalid.*Allowed choices are bash, zsh, fish/);
  expect(exitCode).toBe(1);
});
