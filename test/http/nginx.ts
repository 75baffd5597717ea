import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, freePort, startGuarded } from '../db/throwaway-server.js';

interface Nginx {
  url: string;
  stop(): Promise<void>;
}

export const NGINX = findProgram(['nginx']);

/** nginx with the settings in deploy/, in a temporary folder, in front of the server on that port. */
export async function startNginx(originPort: number): Promise<Nginx> {
  if (NGINX === undefined) throw new Error('nginx is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), settings(folder, await siteOf(folder, port, originPort)));
  const log = join(folder, 'error.log');
  const stop = startGuarded(folder, [NGINX, '-p', folder, '-c', 'nginx.conf', '-e', log], 'KILL');
  const url = `http://127.0.0.1:${port}`;
  await waitForAnswer(url, log).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

/** What an operator changes in the file, and nothing else. */
async function siteOf(folder: string, port: number, originPort: number): Promise<string> {
  const changes = {
    '/var/cache/nginx/country-exchange': join(folder, 'cache'),
    '127.0.0.1:4000': `127.0.0.1:${originPort}`,
    'listen 80;': `listen 127.0.0.1:${port};`,
  };
  let site = await readFile('deploy/nginx.conf', 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    if (!site.includes(from)) throw new Error(`deploy/nginx.conf has no ${from}`);
    site = site.replace(from, to);
  }
  return site;
}

function settings(folder: string, site: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (it) => `${it}_temp_path ${folder}/${it};`,
  );
  return `
    daemon off;
    # Otherwise its workers would outlive it when it is killed.
    master_process off;
    pid ${folder}/pid;
    events { worker_connections 512; }
    http { access_log off; ${temporary.join(' ')} ${site} }
  `;
}

async function waitForAnswer(url: string, log: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; ; await delay(20)) {
    try {
      return void (await (await fetch(`${url}/health`)).arrayBuffer());
    } catch (cause) {
      if (Date.now() < deadline) continue;
      const text = await readFile(log, 'utf8').catch(() => 'no log');
      throw new Error(`nginx did not start:\n${text.slice(-2000)}`, { cause });
    }
  }
}
