import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { Environment } from '../../src/env.js';
import { runChild } from '../child.js';
import { program } from '../programs.js';

const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', LOG_LEVEL: 'warn' };

/** Runs the command in an empty folder with this `.env`. */
async function runIn(dotEnv: string | Buffer, args: string[], env: Environment = bundled) {
  const folder = await mkdtemp(join(inject('testFolder'), 'settings-'));
  await writeFile(join(folder, '.env'), dotEnv);
  const result = await runChild(program('cli'), args, { ...env, CACHE_DIR: join(folder, 'cache') }, folder);
  return { ...result, files: (await readdir(folder)).filter((name) => /\.db$|^data$/.test(name)) };
}

describe('a .env that an editor of Windows has saved', () => {
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
