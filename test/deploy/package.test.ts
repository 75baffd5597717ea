import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Program } from '../program.js';

const execute = promisify(execFile);

/** What is packed, and what packing needs. */
const SOURCES = ['src', 'web', 'scripts', 'bundled', 'schema', 'package.json', 'package-lock.json', 'tsconfig.json'];
const TEXTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE', '.env.example'];

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** Packed and installed for real, from the npm registry, into a prefix of its own. */
describe('the published package', () => {
  let folder: string;
  let packed: Packed;
  let installed: string;
  let server: Program;

  beforeAll(async () => {
    folder = await mkdtemp(join(inject('testFolder'), 'package-'));
    const checkout = join(folder, 'checkout');
    for (const name of [...SOURCES, ...TEXTS]) await cp(name, join(checkout, name), { recursive: true });
    await symlink(resolve('node_modules'), join(checkout, 'node_modules'));
    const pack = await execute('npm', ['pack', '--json', '--pack-destination', folder], { cwd: checkout });
    [packed] = JSON.parse(pack.stdout.slice(pack.stdout.indexOf('['))) as [Packed];
    expect(await readFile(join(checkout, 'package.json'), 'utf8')).toBe(await readFile('package.json', 'utf8'));
    const options = ['--global', '--prefix', join(folder, 'prefix'), '--prefer-offline', '--no-audit', '--no-fund'];
    await execute('npm', ['install', ...options, join(folder, packed.filename)]);
    installed = join(folder, 'prefix/lib/node_modules/country-exchange');
  }, 180_000);
  afterAll(() => server?.stop());

  it('holds what runs and what is read, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const others = paths.filter((path) => !/^(dist|bundled|schema)\//.test(path));
    expect(others.toSorted()).toEqual([...TEXTS, 'package.json'].toSorted());
    expect(paths).toEqual(
      expect.arrayContaining(['dist/cli.js', 'dist/web/index.html', 'dist/library.d.ts', 'dist/LICENCES.txt']),
    );
    expect(paths.filter((path) => /\.map$|\.test\.|dist\/package\.|built-from/.test(path))).toEqual([]);
  });

  it('installs no more packages than are loaded at run time', async () => {
    const names = (await readdir(installed, { recursive: true })).filter((path) => /node_modules\/[^.]/.test(path));
    const packages = names.filter((path) => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(path));
    expect(packages.length).toBeLessThan(50);
    const sizes = await Promise.all(names.map((path) => stat(join(installed, path))));
    const megabytes = sizes.reduce((sum, it) => sum + (it.isFile() ? it.size : 0), 0) / 1e6;
    console.log(`${packages.length} packages, ${Math.round(megabytes)} MB`);
    expect(megabytes).toBeLessThan(100);
  });

  it('serves 250 countries in an empty folder, without a command', async () => {
    const cwd = join(folder, 'empty');
    await mkdir(cwd);
    const command = pathToFileURL(join(folder, 'prefix/bin/country-exchange'));
    server = new Program(command, [], { PORT: '0', COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled' }, cwd);
    const [, url = ''] = await server.logged(/(http:\/\/[\d.:]+\/graphql)/);
    const { data } = (await query(url)) as { data: { countries: { totalCount: number } } };
    expect(data.countries.totalCount).toBe(250);
    const picture = () => fetch(new URL('/countries/image', url)).then(({ status }) => status);
    await expect.poll(picture, { timeout: 10_000 }).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(await readdir(cwd)).toEqual(['data']);
  });

  it('is a library with types', async () => {
    const project = join(folder, 'project');
    await mkdir(join(project, 'node_modules'), { recursive: true });
    await symlink(installed, join(project, 'node_modules/country-exchange'));
    await writeFile(join(project, 'package.json'), '{ "type": "module" }');
    await writeFile(join(project, 'main.ts'), LIBRARY_USER);
    // With nothing but the package: types that it borrows from others would be missing.
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023', lib: ['es2023'], types: [] };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const compile = execute(process.execPath, [tsc, '--pretty', 'false'], { cwd: project });
    await compile.catch(({ stdout }) => expect(stdout).toBe(''));
    const { stdout } = await execute(process.execPath, ['main.js'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual({ status: 200, body: { data: { country: { name: 'Switzerland' } } } });
  });
});

const LIBRARY_USER = `
import { createContext, createServer, type Settings } from 'country-exchange';

declare const console: { log(text: string): void };
const settings: Settings = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', LOG_LEVEL: 'silent' };
const context = await createContext(settings);
await context.refresh();
const server = await createServer(context);
const address: string = await server.listen({ host: '127.0.0.1', port: 0 });
const { statusCode, body } = await server.inject({
  method: 'POST',
  url: '/graphql',
  headers: { 'content-type': 'application/json' },
  payload: JSON.stringify({ query: '{ country(code: "CH") { name } }' }),
});
await server.close();
await context.close();
// @ts-expect-error: there is no such setting of a server.
void server.port;
if (!address.startsWith('http://127.0.0.1:')) throw new Error(address);
console.log(JSON.stringify({ status: statusCode, body: JSON.parse(body) }));
`;

async function query(url: string): Promise<unknown> {
  const body = JSON.stringify({ query: '{ countries { totalCount } }' });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return response.json();
}
