import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** The browser to test with; undefined where none is installed. */
export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

export interface Browser {
  /** Opens a page, runs a function of it there, and returns what the promise of it brings. */
  run<Result>(url: string, script: string): Promise<Result>;
  close(): Promise<void>;
}

/** A headless Chromium, spoken to by its DevTools protocol. */
export async function startBrowser(path: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'country-exchange-browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(path, [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const devTools = await connect(await listeningAt(child.stderr));
  return {
    async run(url, script) {
      const { targetId } = await devTools.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
      });
      const attached = { targetId, flatten: true };
      const { sessionId } = await devTools.send<{ sessionId: string }>('Target.attachToTarget', attached);
      await devTools.send('Page.enable', {}, sessionId);
      const loaded = devTools.once('Page.loadEventFired');
      await devTools.send('Page.navigate', { url }, sessionId);
      await loaded;
      const expression = { expression: script, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await devTools.send<Evaluated>('Runtime.evaluate', expression, sessionId);
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value as never;
    },
    async close() {
      devTools.close();
      child.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Evaluated {
  result: { value: unknown };
  exceptionDetails?: unknown;
}

async function listeningAt(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stderr) {
    text += String(chunk);
    const [, url] = /DevTools listening on (ws:\S+)/.exec(text) ?? [];
    if (url) return url;
  }
  throw new Error(`Chromium did not start:\n${text}`);
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const replies = new Map<number, (message: Reply) => void>();
  const events = new Map<string, () => void>();
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Reply;
    replies.get(message.id ?? 0)?.(message);
    events.get(message.method ?? '')?.();
  });
  let last = 0;
  return {
    async send<Result>(method: string, params: object, sessionId?: string): Promise<Result> {
      const id = ++last;
      const reply = new Promise<Reply>((resolve) => replies.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
      const { result, error } = await reply;
      if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return result as Result;
    },
    once: (method: string) => new Promise<void>((resolve) => events.set(method, resolve)),
    close: () => socket.terminate(),
  };
}

interface Reply {
  id?: number;
  method?: string;
  result?: unknown;
  error?: unknown;
}
