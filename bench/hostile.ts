/**
 * An honest client beside hostile ones: `npm run build && node --import tsx bench/hostile.ts [seconds]`.
 *
 * Ten attackers, each with an address and four connections of its own, send what costs a server most, as fast as it is
 * answered, beside a hundred connections that send a byte now and then. The honest client asks thirty times a second.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PORT = 4790;
const URL_OF_SERVER = `http://127.0.0.1:${PORT}/graphql`;
const [mode = '10'] = process.argv.slice(2);

if (mode === 'attack') await attack();
else await measure(Number(mode) * 1000);

async function measure(roundMs: number): Promise<void> {
  const { server, remove } = await startServer();
  const rss = async () => {
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  };
  await honest(2_000);
  const quiet = await honest(roundMs);
  const before = await rss();
  const attackers = fork(fileURLToPath(import.meta.url), ['attack'], { execArgv: ['--import', 'tsx'] });
  await delay(3_000);
  const rounds: { medianMs: number; p95Ms: number; rssMb: number }[] = [];
  for (let round = 0; round < 3; round += 1) rounds.push({ ...(await honest(roundMs)), rssMb: await rss() });
  const counted = once(attackers, 'message');
  attackers.send('stop');
  const [answers] = await counted;
  attackers.kill();
  await once(attackers, 'exit');
  const after = await honest(roundMs);
  const medianMs = median(rounds.map((round) => round.medianMs));
  const report = {
    quiet,
    rounds,
    after,
    ratio: round2(medianMs / quiet.medianMs),
    rssBeforeMb: before,
    answers,
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  server.kill();
  await once(server, 'exit');
  await remove();
}

async function startServer(): Promise<{ server: ChildProcess; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-hostile-'));
  const server = spawn(process.execPath, ['dist/index.js'], {
    env: {
      PATH: process.env.PATH,
      PORT: String(PORT),
      COUNTRIES_SOURCE: 'bundled',
      RATES_SOURCE: 'bundled',
      DATABASE_URL: `sqlite:${folder}/hostile.db`,
      CACHE_DIR: folder,
      LOG_LEVEL: 'error',
      TRUSTED_PROXIES: 'loopback',
      // As on an address that others can reach.
      RATE_LIMIT: '600',
      COST_LIMIT: '300000',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (let tries = 0; tries < 200; tries += 1) {
    await delay(100);
    if (await fetch(`http://127.0.0.1:${PORT}/ready`).catch(() => null)) break;
  }
  return { server, remove: () => rm(folder, { recursive: true }) };
}

/** Half of what it asks is kept from earlier, half is new each time. */
async function honest(forMs: number): Promise<{ medianMs: number; p95Ms: number }> {
  const times: number[] = [];
  const end = performance.now() + forMs;
  for (let count = 0; performance.now() < end; count += 1) {
    const name = count % 2 === 0 ? 'same' : `new${Math.random().toString(36).slice(2)}`;
    const begun = performance.now();
    // A new address now and then, for the bench is longer than a minute.
    const address = `198.51.100.${Math.floor(performance.now() / 15_000) % 250}`;
    const text = await send(
      `query ${name} { countries(first: 20) { nodes { code name population } } }`,
      {},
      address,
    );
    if (!text.includes('"data"')) throw new Error(`the honest client was refused: ${text}`);
    times.push(performance.now() - begun);
    await delay(33);
  }
  times.sort((a, b) => a - b);
  return { medianMs: round2(median(times)), p95Ms: round2(times[Math.floor(times.length * 0.95)] ?? 0) };
}

async function send(query: string, variables: unknown, address: string): Promise<string> {
  const response = await fetch(URL_OF_SERVER, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

async function attack(): Promise<void> {
  const answers: Record<string, number> = {};
  const slow = Array.from({ length: 100 }, dripping);
  const attackers = Array.from({ length: 40 }, (_, index) => attacker(`203.0.113.${index % 10}`, answers));
  process.on('message', () => {
    for (const socket of slow) socket.destroy();
    process.send?.(answers);
  });
  await Promise.all(attackers);
}

async function attacker(address: string, answers: Record<string, number>): Promise<never> {
  for (let count = 0; ; count += 1) {
    const [name, query, variables = {}] = attacks(count)[count % attacks(count).length] ?? ['', ''];
    const text = await send(query, variables, address).catch(() => 'lost');
    const outcome = `${name}: ${text.startsWith('{"data"') ? 'answered' : (/"code":"(\w+)"/.exec(text)?.[1] ?? 'lost')}`;
    answers[outcome] = (answers[outcome] ?? 0) + 1;
  }
}

/** Each is new, so that nothing is kept from earlier. */
function attacks(count: number): [name: string, query: string, variables?: unknown][] {
  const unique = `q${count}x${Math.random().toString(36).slice(2)}`;
  const repeat = (times: number, part: (index: number) => string) =>
    Array.from({ length: times }, (_, i) => part(i)).join(' ');
  return [
    [
      'costly',
      `query ${unique} { countries { nodes { code name currencies { code name symbol countries { code name currencies { code } } } } } }`,
    ],
    [
      'deep',
      `query ${unique} { country(code: "CH") ${'{ currencies { countries '.repeat(20)} { code } ${'} }'.repeat(20)} }`,
    ],
    ['aliases', `query ${unique} { ${repeat(50, (i) => `a${i}: countries(first: 20) { nodes { name } }`)} }`],
    ['duplicates', `query ${unique} { ${'country(code: "CI") { code } '.repeat(200)} }`],
    ['tokens', `query ${unique} { ${'status { version } '.repeat(5_000)} }`],
    [
      'introspection',
      `query ${unique} { ${repeat(10, (i) => `s${i}: __schema { types { name fields { name type { name } } } }`)} }`,
    ],
    [
      'variables',
      `query ${unique} ($f: CountryFilter) { countries(filter: $f) { totalCount } }`,
      { f: { codes: Array(9_000).fill('CI') } },
    ],
    ['unknown fields', `query ${unique} { ${repeat(600, (i) => `unknown${i}`)} }`],
  ];
}

function dripping(): Socket {
  const socket = createConnection(PORT, '127.0.0.1').on('error', () => undefined);
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
  const timer = setInterval(() => socket.write('x: y\r\n'), 500);
  return socket.on('close', () => clearInterval(timer)).resume();
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}
