import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createSchema } from '../../src/graphql/schema.js';
import { program } from '../programs.js';
import { generateQuery } from './generate-query.js';

/** What may be left of a round of an attack. A request that is held on to is about 5 kB, and its body more. */
const MAX_GROWTH_MB = 1;
/** The first fills caches and pools. What they hold goes up and down a little; a leak grows in every round. */
const ROUNDS = 5;

const server = fork(fileURLToPath(program('index')), {
  execArgv: ['--expose-gc', '--import', program('heap-probe').href],
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
    CACHE_DIR: await mkdtemp(join(inject('testFolder'), 'memory-')),
    DATABASE_URL: 'sqlite::memory:',
    TRUSTED_PROXIES: 'loopback',
    RATE_LIMIT: '1000000',
    // What fills up by design is full halfway through.
    ANSWER_CACHE_MB: '1',
  },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
afterAll(async () => {
  server.kill('SIGKILL');
  await once(server, 'exit');
});

let url = '';
beforeAll(async () => {
  let log = '';
  server.stdout?.on('data', (chunk) => {
    log += chunk;
  });
  await vi.waitFor(() => expect(log).toMatch(/countries\/image/), { timeout: 20_000 });
  server.stdout?.removeAllListeners('data').resume();
  [url = ''] = /http:\/\/[\d.:]+\/graphql/.exec(log) ?? [];
});

const schema = createSchema();
const decisions = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 120 });
const generated = fc.sample(decisions, { numRuns: 1600, seed: 7 }).map((it) => generateQuery(schema, it));

test.each<[name: string, requests: number, request: (index: number) => Promise<unknown>]>([
  ['long queries that are new each time', 120, (index) => send({ query: longQuery(index) })],
  ['generated queries', 100, (index) => send({ query: generated[index % generated.length] })],
  ['queries that are refused', 100, (index) => send({ query: refusedQuery(index) })],
  [
    'bodies that are not queries, or too large',
    200,
    (index) => send({ query: 7, x: 'x'.repeat((index * 500) % 200_000) }),
  ],
  [
    'small queries that are new each time',
    400,
    (index) => send({ query: `{ country(code: "CI") { a${index}: code } }` }),
  ],
  ['hashes of queries', 100, (index) => send({ extensions: persisted(index) })],
  ['clients from everywhere', 800, (index) => send({ query: '{ __typename }' }, `198.51.${index >> 8}.${index & 255}`)],
  ['clients that hang up', 400, (index) => send({ query: longQuery(-index) }, '192.0.2.1', AbortSignal.timeout(1))],
  ['web sockets', 200, webSocket],
  ['pipelines that are reset', 60, resetPipeline],
])(
  '%s leave nothing in memory',
  async (_name, requests, request) => {
    const growths: number[] = [];
    let before = await memoryMb();
    for (let round = 0; round < ROUNDS && growths.every((mb) => mb > MAX_GROWTH_MB); round += 1) {
      await inParallel(range(round * requests, requests), request);
      const after = await memoryMb();
      if (round > 0) growths.push(after - before);
      before = after;
    }
    expect(Math.min(...growths)).toBeLessThan(MAX_GROWTH_MB);
  },
  60_000,
);

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

async function inParallel(indexes: number[], request: (index: number) => Promise<unknown>): Promise<void> {
  const left = [...indexes];
  const client = async () => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) await request(index);
  };
  await Promise.all(Array.from({ length: 8 }, client));
}

async function send(body: object, address = '192.0.2.1', signal: AbortSignal | null = null): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
    await response.text();
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

function longQuery(index: number): string {
  const fields = Array.from({ length: 45 }, (_, i) => `a${i}: country(code: "CI") { code name region capital }`);
  return `query q${index + 1e6} { ${fields.join(' ')} }`;
}

function refusedQuery(index: number): string {
  const unique = `q${index}`;
  const refused = [
    `query ${unique} { ${'a '.repeat(3000)}`,
    `query ${unique} { country(code: "CI") ${'{ currencies { countries '.repeat(20)} { code } ${'} }'.repeat(20)} }`,
    `query ${unique} { countries { nodes { borders { borders { borders { borders { code } } } } } } }`,
    `query ${unique} { ${Array.from({ length: 100 }, (_, i) => `${unique}x${i}`).join(' ')} }`,
    `query ${unique} { country(`,
  ];
  return refused[index % refused.length] as string;
}

function persisted(index: number) {
  return { persistedQuery: { version: 1, sha256Hash: String(index).padStart(64, '0') } };
}

async function webSocket(): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const query = 'subscription { refreshProgress { state } }';
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  socket.close();
  await once(socket, 'close');
}

async function resetPipeline(): Promise<void> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
  await delay(1);
  socket.resetAndDestroy();
  // After what the server is still busy with.
  await (await fetch(new URL('/health', url))).text();
}

async function memoryMb(): Promise<number> {
  server.send('how much?');
  const [mb] = (await once(server, 'message')) as [number];
  return mb;
}
