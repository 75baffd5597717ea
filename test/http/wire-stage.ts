import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { RawClient, rawPost } from './raw-client.js';
import { type Served, serve } from './serve.js';

export const SHORT = rawPost('{"query":"{ country(code: \\"CI\\") { code } }"}');
export const SHORT_ANSWER = '{"data":{"country":{"code":"CI"}}}\n';
export const LONG = rawPost('{"query":"{ countries(first: 60) { nodes { code name population } } }"}');
/** Some hundred kilobytes. */
export const LONGEST = rawPost(
  JSON.stringify({
    query: `{ ${Array.from({ length: 8 }, (_, at) => `a${at}: countries { nodes { code name capital flagUrl } }`).join(' ')} }`,
  }),
);
export const unknown = (code: string) => rawPost(`{"query":"{ country(code: \\"${code}\\") { code } } # "}`);

const parsedOf = new WeakMap<Served, { count: number }>();

export async function serveCounted(env: Record<string, string> = {}): Promise<Served> {
  const app = await serve(env);
  const parsed = { count: 0 };
  app.server.server.on('request', () => {
    parsed.count += 1;
  });
  parsedOf.set(app, parsed);
  return app;
}

/** How many requests `node:http` has parsed. */
export function parsed(app: Served): number {
  return parsedOf.get(app)?.count ?? 0;
}

export interface KnownClient {
  client: RawClient;
  /** The server's end of its connection. */
  socket: Socket;
}

/** A connection on which requests are known by their bytes. */
export async function connectKnown(app: Served, ...requests: string[]): Promise<KnownClient> {
  const opened = once(app.server.server, 'connection');
  const client = await RawClient.connect(app.port);
  for (const request of requests) {
    for (let tries = 0; ; tries++) {
      const before = parsed(app);
      await client.ask(request);
      if (parsed(app) === before) break;
      expect(tries).toBeLessThan(20);
    }
  }
  client.answers.length = 0;
  const [socket] = (await opened) as [Socket];
  return { client, socket };
}

/** Asks without reading until the system takes no more of the answers. Returns how often. */
export async function fill(client: RawClient, socket: Socket): Promise<number> {
  client.socket.pause();
  let asked = 0;
  while (socket.writableLength === 0) {
    client.socket.write(LONGEST);
    asked += 1;
    await settled();
  }
  return asked;
}

export async function settled(): Promise<void> {
  for (let turns = 0; turns < 30; turns++) await nextTurn();
  await delay(10);
}

export async function counted({ url }: Served): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((each) => each.startsWith('country_exchange_http_requests_total{route="/graphql",status="200"}'));
  return Number(line?.split(' ')[1] ?? 0);
}
