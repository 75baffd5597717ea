import { exec, spawn } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test, vi } from 'vitest';

/** A checkout with the packages of `npm ci --omit=dev`, as the lockfile marks them. */
describe('an install for production', () => {
  let app: string;

  beforeAll(async () => {
    app = await mkdtemp(join(inject('testFolder'), 'production-'));
    for (const name of [
      'src',
      'web',
      'schema',
      'scripts',
      'bundled',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ]) {
      await cp(name, join(app, name), { recursive: true });
    }
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    for (const [path, { dev }] of Object.entries(packages)) {
      const isTop = path.lastIndexOf('node_modules/') === 0;
      if (!isTop || dev || !(await stat(path).catch(() => null))) continue;
      await mkdir(dirname(join(app, path)), { recursive: true });
      await symlink(resolve(path), join(app, path));
    }
  });

  const environment = () => ({ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' });

  /** What npm printed until the server served, or until it ended. */
  async function start(): Promise<string> {
    const npm = spawn('npm', ['start'], {
      cwd: app,
      env: { ...environment(), PORT: '0', COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled' },
    });
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const ended = new Promise<void>((done) => npm.once('close', () => done()));
    await Promise.race([ended, vi.waitFor(() => expect(output).toMatch(/countries\/image/), { timeout: 80_000 })]);
    npm.kill('SIGTERM');
    await ended;
    return output;
  }

  /** What `npm start` runs before the server, as npm would. Returns what it printed; a failure throws. */
  async function beforeStart(): Promise<string> {
    const { scripts } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'));
    const { stdout, stderr } = await promisify(exec)(scripts.prestart, { cwd: app, env: environment() });
    return stdout + stderr;
  }

  const builtAt = async () => (await stat(join(app, 'dist/index.js'))).mtimeMs;

  test('has no development packages, builds and serves', { timeout: 90_000 }, async () => {
    await expect(stat(join(app, 'node_modules/vitest'))).rejects.toThrow(/ENOENT/);
    expect(await start()).toMatch(/countries\/image/);
    expect(await readFile(join(app, 'dist/web/index.html'), 'utf8')).toMatch(/<script type="module"/);
  });

  test('builds again only when the sources have changed', { timeout: 180_000 }, async () => {
    const before = await builtAt();
    expect(await beforeStart()).toBe('');
    expect(await builtAt()).toBe(before);
    // Any change will do, and without GraphiQL the build is short.
    await writeFile(join(app, 'web/graphiql/main.ts'), '');
    await beforeStart();
    expect(await builtAt()).toBeGreaterThan(before);
  });

  test('without the bundler starts what is built, and says when that is from other sources', {
    timeout: 180_000,
  }, async () => {
    await rm(join(app, 'node_modules/rolldown'));
    expect(await beforeStart()).toBe('');
    await appendFile(join(app, 'src/index.ts'), '\n');
    const older = await start();
    expect(older).toMatch(/countries\/image/);
    expect(older).toMatch(/^country-exchange: cannot build, because rolldown is not installed: starting dist\/.*$/m);
  });

  test('without the bundler and without a build says in one line what to do', async () => {
    await rm(join(app, 'dist'), { recursive: true });
    expect(await start()).toMatch(/^country-exchange: cannot build, .*: run npm ci, then npm run build$/m);
  });
});
