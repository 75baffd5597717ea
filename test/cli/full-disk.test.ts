import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, it } from 'vitest';
import { freePort } from '../db/throwaway-server.js';
import { program } from '../programs.js';

it.runIf(existsSync('/dev/full'))(
  'a server whose log is on a full disk goes on serving, and stops when told',
  async () => {
    const full = await open('/dev/full', 'w');
    const folder = await mkdtemp(join(inject('testFolder'), 'full-'));
    const port = String(await freePort());
    const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled' };
    const env = {
      ...process.env,
      ...bundled,
      PORT: port,
      DATABASE_URL: `sqlite:${join(folder, 'x.db')}`,
      CACHE_DIR: folder,
    };
    const server = spawn(process.execPath, [fileURLToPath(program('cli')), 'serve'], {
      env,
      stdio: ['ignore', full.fd, full.fd],
    });
    const ended = once(server, 'exit');
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status,
        () => null,
      );
    await expect.poll(ask, { timeout: 20_000 }).toBe(200);
    for (let request = 0; request < 20; request++) expect(await ask()).toBe(200);
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await full.close();
  },
);
