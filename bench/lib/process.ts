import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A process of ours that is measured; probe.mjs answers in it. */
export interface Measurable {
  child: ChildProcess;
  usage(): Promise<{ cpuMs: number; rssMb: number }>;
  /** The longest turn of the event loop since the last call, in CPU time; ignore the first answer. */
  longestTurnMs(): Promise<number>;
  /** Memory in use after garbage collection. */
  heldMb(): Promise<number>;
  stop(): Promise<void>;
}

const PROBE = new URL('./probe.mjs', import.meta.url).href;
const TSX = ['--import', 'tsx'];

export function startMeasurable(
  script: URL,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  execArgv: readonly string[] = TSX,
): Measurable {
  const child = fork(fileURLToPath(script), args, {
    execArgv: [...execArgv, '--import', PROBE],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ask = async <T>(question: string): Promise<T> => {
    const answer = message<T>(child, question);
    child.send(question, () => undefined);
    return answer;
  };
  return {
    child,
    usage: () => ask('usage'),
    longestTurnMs: () => ask('longestTurnMs'),
    heldMb: () => ask('heldMb'),
    stop: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/** Waits for `{ [kind]: value }`. */
export function message<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`The process ended: ${child.exitCode ?? child.signalCode}`));
    const onMessage = (received: unknown) => {
      if (typeof received !== 'object' || received === null || !(kind in received)) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve((received as Record<string, T>)[kind] as T);
    };
    if (child.exitCode !== null || child.signalCode !== null) return onExit();
    child.once('exit', onExit);
    child.on('message', onMessage);
  });
}

export interface Server {
  url: string;
  process: Measurable;
}

/** The built product, started as by `npm start`, but without its log: the peers write none. */
export async function startProduct(settings: NodeJS.ProcessEnv): Promise<Server> {
  const port = await freePort();
  const script = new URL('../../dist/index.js', import.meta.url);
  const env = { PORT: String(port), REFRESH_ON_START: 'never', LOG_LEVEL: 'warn', ...settings };
  const measured = startMeasurable(script, [], env, []);
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(`${origin}/health`).catch(() => undefined))?.ok; tries++) {
    if (tries === 6_000 || measured.child.exitCode !== null) throw new Error(`${origin} does not answer`);
    await delay(10);
  }
  return { url: `${origin}/graphql`, process: measured };
}

/** Below the ports that systems give to outgoing connections: one of those would be taken again before it is used. */
export async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `data` of the answer; throws its errors. */
export async function query<T>(url: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok || text.includes('"errors":')) throw new Error(`${response.status}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}

/** Returns when the refresh is committed. `settled` resolves when the work after the commit is done too. */
export async function refresh(url: string): Promise<{ settled(): Promise<void> }> {
  const body = { query: 'mutation { refreshCountries { id state } }' };
  const { refreshCountries } = await query<{ refreshCountries: { id: string; state: string } }>(url, body);
  if (refreshCountries.state !== 'SUCCEEDED') throw new Error(JSON.stringify(refreshCountries));
  const settled = async () => {
    const ask = { query: `{ refresh(id: "${refreshCountries.id}") { phases { state } } }` };
    for (;;) {
      const { phases } = (await query<{ refresh: { phases: { state: string }[] } }>(url, ask)).refresh;
      if (phases.every(({ state }) => state !== 'WAITING' && state !== 'RUNNING')) return;
      await delay(50);
    }
  };
  return { settled };
}

/** Runs with a new folder, which is removed afterwards. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Settings of a server that serves the bundled data set after its first refresh. */
export function bundled(folder: string): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: `sqlite:${join(folder, 'bench.db')}`,
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
    CACHE_DIR: folder,
  };
}

/** The same, with a database that is already filled. */
export async function filled(folder: string): Promise<NodeJS.ProcessEnv> {
  const server = await startProduct(bundled(folder));
  await (await refresh(server.url)).settled();
  await server.process.stop();
  return bundled(folder);
}
