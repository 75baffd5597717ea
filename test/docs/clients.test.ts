import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isObjectType } from 'graphql';
import { describe, expect, inject, test } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';
import { REQUEST_CODES } from '../../src/graphql/mask-error.js';
import { createSchema } from '../../src/graphql/schema.js';
import { examplesAreInstalled, INSTALL_EXAMPLES } from '../examples/installed.js';
import { serve } from '../http/serve.js';

const run = promisify(execFile);
const page = await readFile('docs/clients.md', 'utf8');
const { url } = await serve();

/** How each kind of file is run. */
const RUNNERS: Record<string, { command: string; args: string[] }> = {
  ts: { command: process.execPath, args: ['--import', import.meta.resolve('tsx')] },
  py: { command: 'python3', args: [] },
  java: { command: 'java', args: [] },
};

const isInstalled = (command: string) => spawnSync(command, ['--version']).status === 0;

interface Section {
  title: string;
  files: [name: string, text: string][];
  printed: string;
}

const sections: Section[] = page
  .split('\n## ')
  .slice(1)
  .map((text) => ({
    title: text.slice(0, text.indexOf('\n')),
    files: [...text.matchAll(/`([\w.-]+)`:\n\n```\w+\n(.*?)```/gs)].map(([, name = '', code = '']) => [name, code]),
    printed: /It prints\n\n```text\n(.*?)```/s.exec(text)?.[1] ?? '',
  }));

describe('docs/clients.md', () => {
  const runnable = sections.filter(({ files }) => files.length > 0);

  test('has files for seven ways to call the server', () => {
    const titles = ['Apollo Client', 'urql', 'Relay', 'graphql-request', 'Subscriptions', 'Python', 'Java'];
    expect(runnable.map(({ title }) => title)).toEqual(titles);
  });

  test.for(runnable)('$title prints what the page says', async ({ files, printed }, { skip }) => {
    const [main = ''] = files.at(-1) ?? [];
    const runner = RUNNERS[main.split('.').at(-1) ?? ''];
    if (!runner) throw new Error(`Nothing runs ${main}`);
    if (!isInstalled(runner.command)) skip(`${runner.command} is not installed`);
    if (runner === RUNNERS.ts && !examplesAreInstalled()) skip(INSTALL_EXAMPLES);
    const folder = await mkdtemp(join(inject('testFolder'), 'client-'));
    await symlink(resolve('examples/node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    for (const [name, text] of files) await writeFile(join(folder, name), addressed(text));
    if (files.some(([name]) => name === 'relay.config.json')) await compileRelay(folder);
    const { stdout, stderr } = await run(runner.command, [...runner.args, main], { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: printed, stderr: '' });
  });

  test('keys every type without an id for Graphcache', () => {
    const listed = /const embedded = \[(.*?)\];/s.exec(page)?.[1]?.match(/\w+/g);
    const types = Object.values(createSchema().getTypeMap()).filter(isObjectType);
    const embedded = types
      .filter((type) => !('id' in type.getFields()))
      .map(({ name }) => name)
      .filter((name) => !/^__|^(Query|Mutation|Subscription|PageInfo)$|(Connection|Edge)$/.test(name));
    expect(listed).toEqual(embedded.sort());
  });

  test('lists every error code', () => {
    const table = page.split('\n## Error codes\n')[1] ?? '';
    const listed = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(listed.toSorted()).toEqual([...new Set([...ERROR_CODES, ...REQUEST_CODES, 'BAD_REQUEST'])].sort());
  });
});

function addressed(text: string): string {
  return text.replaceAll('http://127.0.0.1:4000', url).replaceAll('ws://127.0.0.1:4000', url.replace('http', 'ws'));
}

/** Installing would need the registry; the rest is as the page says. */
async function compileRelay(folder: string): Promise<void> {
  await symlink(resolve('schema/schema.graphql'), join(folder, 'schema.graphql'));
  const { stdout } = await run('npx', ['--no-install', 'relay-compiler'], { cwd: folder });
  expect(stdout).toMatch(/Compilation completed/);
}
