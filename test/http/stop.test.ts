import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { afterEach, expect, inject, test } from 'vitest';
import { program } from '../programs.js';
import { serve } from './serve.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('clients that keep a silent connection do not hold up a stop', async () => {
  const { server, port } = await serve();
  const idle = Array.from({ length: 20 }, () => createConnection(port, '127.0.0.1'));
  for (const socket of idle) socket.on('error', () => undefined).resume();
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const ended = Promise.all(idle.map((socket) => once(socket, 'close')));
  await server.close();
  await ended;
});

test('a request in progress is answered in full', async () => {
  const { server, url } = await serve();
  let begun = 0;
  server.server.on('request', () => {
    begun += 1;
  });
  const answers = Array.from({ length: 50 }, () =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ countries { nodes { code name currencies { code } } } }' }),
    }),
  );
  await expect.poll(() => begun, { interval: 1, timeout: 10_000 }).toBe(50);
  await server.close();
  for (const answer of await Promise.all(answers)) {
    expect(((await answer.json()) as { errors?: unknown }).errors).toBeUndefined();
  }
});

/** Clients that retry what was refused a connection, and nothing else. */
function hammer(origin: string) {
  const pool = new Pool(origin, { connections: 8 });
  const count = { answered: 0, refused: 0, failed: [] as string[] };
  let stopped = false;
  const client = async () => {
    while (!stopped) {
      try {
        const { statusCode, body } = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ countries(first: 20) { nodes { code name } } }' }),
        });
        const text = await body.text();
        if (statusCode === 200 && text.includes('"data"')) count.answered += 1;
        else count.failed.push(`${statusCode} ${text}`);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'ECONNREFUSED') count.refused += 1;
        else count.failed.push(String(code ?? error));
        await delay(10);
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  const stop = async () => {
    stopped = true;
    await clients;
    await pool.close();
    return count;
  };
  return { count, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a restart under load fails no request', async () => {
  const port = await freePort();
  const folder = await mkdtemp(join(inject('testFolder'), 'restart-'));
  const start = () => {
    const child = spawn(process.execPath, [fileURLToPath(program('index'))], {
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        COUNTRIES_SOURCE: 'bundled',
        RATES_SOURCE: 'bundled',
        REFRESH_ON_START: 'when-empty',
        DATABASE_URL: `sqlite:${folder}/restart.db`,
        CACHE_DIR: folder,
        LOG_LEVEL: 'warn',
      },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  };
  let server = start();
  const load = hammer(`http://127.0.0.1:${port}`);
  const more = async () => {
    const wanted = load.count.answered + 200;
    await expect.poll(() => load.count.answered, { timeout: 30_000 }).toBeGreaterThan(wanted);
  };
  for (let restarts = 0; restarts < 2; restarts += 1) {
    await more();
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    server = start();
  }
  await more();
  const { failed, refused } = await load.stop();
  expect(failed).toEqual([]);
  expect(refused).toBeGreaterThan(0);
}, 90_000);
