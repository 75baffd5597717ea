import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { Environment } from '../../src/env.js';
import { runChild } from '../child.js';
import { Program } from '../program.js';
import { program } from '../programs.js';

const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', LOG_LEVEL: 'warn' };

/** Runs the command in an empty folder with this `.env`. */
async function runIn(dotEnv: string | Buffer, args: string[], env: Environment = bundled) {
  const folder = await mkdtemp(join(inject('testFolder'), 'settings-'));
  await writeFile(join(folder, '.env'), dotEnv);
  const result = await runChild(program('cli'), args, { ...env, CACHE_DIR: join(folder, 'cache') }, folder);
  return { ...result, files: (await readdir(folder)).filter((name) => /\.db$|^data$/.test(name)) };
}

describe('a .env saved by a Windows editor', () => {
  it('is read from its first line on', async () => {
    const { files, ...result } = await runIn('\ufeffDATABASE_URL=sqlite:first.db\r\n', ['refresh']);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(files).toEqual(['first.db']);
  });

  it.each(['serve', 'refresh', 'status', 'migrate', 'backfill --from 2026-01-01'])(
    'stops %s with one line when it is UTF-16',
    async (command) => {
      const { files, ...result } = await runIn(Buffer.from('\ufeffPORT=1', 'utf16le'), command.split(' '));
      expect(result).toMatchObject({
        exitCode: 1,
        stderr: 'country-exchange: .env is not UTF-8 text: save it as UTF-8\n',
      });
      expect(files).toEqual([]);
    },
  );

  it('gives way to variables that are set', async () => {
    const set = { ...bundled, DATABASE_URL: 'sqlite:set.db' };
    expect((await runIn('DATABASE_URL=sqlite:file.db', ['migrate'], set)).files).toEqual(['set.db']);
  });
});

describe('an option', () => {
  it.each([['migrate'], ['refresh', '--quiet'], ['refresh', '--dry-run']])(
    '--database wins over the settings of %s',
    async (...args) => {
      const set = { ...bundled, DATABASE_URL: 'sqlite:set.db' };
      const result = await runIn('DATABASE_URL=sqlite:file.db', [...args, '--database', 'sqlite:given.db'], set);
      expect(result).toMatchObject({ exitCode: 0, stderr: '', files: ['given.db'] });
      if (args.includes('--quiet')) expect(result.stdout).toBe('');
    },
  );

  it('--port is checked as PORT is', async () => {
    const { stderr, exitCode } = await runIn('PORT=1', ['serve', '--port', 'x']);
    expect({ stderr, exitCode }).toMatchObject({
      stderr: expect.stringMatching(/^country-exchange: PORT is "x"; /),
      exitCode: 1,
    });
  });
});

/** Starts a server on a database of its own. */
async function start(args: string[], env: Environment = {}): Promise<Program> {
  const folder = await mkdtemp(join(inject('testFolder'), 'serve-'));
  const own = { DATABASE_URL: `sqlite:${join(folder, 'x.db')}`, CACHE_DIR: folder, PORT: '0', LOG_LEVEL: 'info' };
  return new Program(program('cli'), args, { ...bundled, ...own, ...env });
}

describe('serve', () => {
  it('--host wins over HOST', async () => {
    const server = await start(['serve', '--host', '127.0.0.2'], { HOST: '127.0.0.1' });
    const [, origin] = await server.logged(/(http:\/\/127\.0\.0\.2:\d+)\/graphql/);
    expect((await fetch(`${origin}/ready`)).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  it('runs when no command is given, and takes its options', async () => {
    const server = await start(['--host', '127.0.0.2']);
    await server.logged(/http:\/\/127\.0\.0\.2:\d+\/graphql/);
    expect(await server.stop()).toBe(0);
    const { stderr, exitCode } = await runIn('', ['serv']);
    expect(stderr).toBe("error: unknown command 'serv'; see country-exchange --help\n");
    expect(exitCode).toBe(1);
  });

  it('--quiet prints errors, and nothing while all is well', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const refused = await start(['serve', '--quiet', '--port', port]);
    expect(await refused.ended).toBe(1);
    await refused.logged(/^country-exchange: Cannot listen on .*EADDRINUSE.*\n$/, 0);
    other.close();
    const server = await start(['serve', '--quiet', '--port', port]);
    const ready = () => fetch(`http://127.0.0.1:${port}/ready`).then(({ status }) => status, String);
    await expect.poll(ready, { timeout: 15_000 }).toBe(200);
    expect(await server.stop()).toBe(0);
    await server.logged(/^$/, 0);
  });

  it('warns of tokens that are easily guessed, by the names of their holders', async () => {
    const strong = 'f3b1c9d07a5e4826b1c9f3b1';
    const weak = { ADMIN_TOKEN: `anna:letmein,cron:${strong}`, METRICS_TOKEN: 'swordfish' };
    const server = await start(['serve'], weak);
    await server.logged(/countries\/image/);
    expect(await server.stop()).toBe(0);
    await server.logged(/"level":40.*"weak":\["ADMIN_TOKEN \(anna\)","METRICS_TOKEN"\].*openssl rand/, 0);
    await expect(server.logged(/letmein|swordfish|f3b1c9/, 0)).rejects.toThrow();
  });

  it('does not warn of strong ones', async () => {
    const server = await start(['serve'], { ADMIN_TOKEN: 'f3b1c9d07a5e4826b1c9f3b1' });
    await server.logged(/countries\/image/);
    expect(await server.stop()).toBe(0);
    await expect(server.logged(/weak/, 0)).rejects.toThrow();
  });
});
