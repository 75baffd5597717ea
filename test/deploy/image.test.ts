import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';

const execute = promisify(execFile);

/** The Dockerfile's second stage, done by hand: no engine is needed, and what it forgets to copy is missing here. */
describe('the image', () => {
  let app: string;
  let log = '';
  let origin = '';
  let server: ReturnType<typeof spawn>;
  const env = () => ({
    PATH: process.env.PATH,
    PORT: '0',
    DATABASE_URL: `sqlite:${app}/data/country-exchange.db`,
    CACHE_DIR: `${app}/cache`,
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
  });
  const dockerfile = readFile('Dockerfile', 'utf8');
  /** The list that the instruction is given. */
  const listOf = async (instruction: RegExp) =>
    JSON.parse(instruction.exec(await dockerfile)?.[1] ?? 'null') as [string, ...string[]];

  beforeAll(async () => {
    app = await mkdtemp(join(inject('testFolder'), 'image-'));
    await cp(join(inject('builtPackage'), 'dist'), join(app, 'dist'), { recursive: true });
    await symlink(resolve('node_modules'), join(app, 'node_modules'));
    for (const name of await copied()) await cp(name, join(app, name), { recursive: true });
    for (const folder of ['data', 'cache']) await mkdir(join(app, folder));
    // Below it the two folders stay writable; nothing else is written to, or the start fails.
    await chmod(app, 0o555);
    await execute('chmod', ['-R', 'a-w', ...['dist', 'bundled', 'package.json'].map((name) => join(app, name))]);
    const [command, ...args] = await listOf(/^CMD (\[.*\])$/m);
    server = withoutRights(command, args, { cwd: app, env: env() });
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk) => {
        log += chunk;
      });
    }
    await vi.waitFor(() => expect(log).toMatch(/countries\/image/), { timeout: 20_000 });
    [origin = ''] = /http:\/\/[\d.:]+/.exec(log) ?? [];
  });
  afterAll(async () => {
    server.kill('SIGKILL');
    await chmod(app, 0o755);
  });

  /** From the folder of the project; what is built there is the build of this test run. */
  const copied = async () => {
    const [, lastStage = ''] = (await dockerfile).split(/^FROM .*\n(?=WORKDIR \/app\n#)/m);
    const lines = [...lastStage.matchAll(/^COPY (?!--from)(.+) \.\S*$/gm)];
    return lines.flatMap(([, names = '']) => names.split(' '));
  };

  test('has the licences of the packages whose code is in it', async () => {
    const licences = await readFile(join(app, 'dist/LICENCES.txt'), 'utf8');
    for (const name of ['graphql', 'kysely', 'mysql2', 'fastify', '@apollo/server']) {
      expect(licences).toMatch(new RegExp(`^${name} [\\d.]+\\nLicence: MIT$`, 'm'));
    }
    expect(licences).toContain('Permission is hereby granted');
    expect(await readFile(join(app, 'NOTICE'), 'utf8')).toMatch('dist/LICENCES.txt');
  });

  test('serves from a folder that it cannot write to, except for data and cache', async () => {
    await expect(execute(...asUser('touch', [join(app, 'x')]))).rejects.toThrow(/denied|Read-only/);
    const picture = () => fetch(`${origin}/countries/image`).then(({ status }) => status);
    await vi.waitFor(async () => expect(await picture()).toBe(200), { timeout: 10_000 });
  });

  test('is healthy by its own check, and not when no server is running', async () => {
    const [command, ...args] = await listOf(/^ {2}CMD (\[.*\])$/m);
    await execute(command, args, { env: { ...env(), PORT: new URL(origin).port } });
    await expect(execute(command, args, { env: { ...env(), PORT: '9' } })).rejects.toThrow();
  });

  test('stops on SIGTERM, and says so', async () => {
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    expect(log).toMatch(/"stopped"/);
  });
});

/** The owner without capabilities, who cannot write to a read-only folder, root or not. */
function asUser(command: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  return ['setpriv', ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', command, ...args]];
}

function withoutRights(command: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  return spawn(...asUser(command, args), { ...options, stdio: 'pipe' });
}
