/** An honest client beside hostile ones; alone: `npm run build && node --import tsx bench/hostile/hostile.ts`. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { message } from '../lib/process.js';
import { type Measured, quantile, summarise } from '../lib/rounds.js';
import { product, type RunningServer } from '../reads/contenders.js';
import { ask } from './ask.js';
import { placeApart } from './place.js';

export interface Hostile {
  place: string;
  /** Of the medians of each round. */
  quietMs: Measured;
  hostileMs: Measured;
  quietP95Ms: Measured;
  hostileP95Ms: Measured;
  /** Of the medians of the first seconds of each attack, while the attackers have not yet spent their budgets. */
  firstMs: Measured;
  /** Of the medians of a round, hostile to quiet. */
  ratio: Measured;
  /** What the server holds before the first attack and after each, with the garbage collected. */
  heldBeforeMb: number;
  heldMb: number[];
  /** Its resident size at the end of each attack, garbage included. */
  residentMb: number[];
  answers: Record<string, number>;
}

/** What an attacker may spend at once is spent by then. */
const FIRST_S = 3;
const EVERY_MS = 33;

/** Quiet and hostile in turn, so that what else the machine does meanwhile hits both alike. */
export async function measureHostile(rounds: number, seconds: number): Promise<Hostile> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-hostile-'));
  const server = await startServer(folder);
  const attackers = fork(fileURLToPath(new URL('attackers.ts', import.meta.url)), [server.url], {
    execArgv: ['--import', 'tsx'],
  });
  await once(attackers, 'spawn');
  const place = placeApart(server.process.child.pid, attackers.pid);
  await stream(server, FIRST_S);
  const samples: { quiet: number[]; first: number[]; hostile: number[] }[] = [];
  const [heldMb, residentMb]: [number[], number[]] = [[], []];
  let answers: unknown;
  const heldBeforeMb = await held(server);
  for (let round = 0; round < rounds; round += 1) {
    const quiet = await stream(server, seconds);
    attackers.send('attack');
    const first = await stream(server, FIRST_S);
    samples.push({ quiet, first, hostile: await stream(server, seconds) });
    residentMb.push((await server.process.usage()).rssMb);
    answers = await restAgain(attackers);
    heldMb.push(await held(server));
  }
  attackers.kill();
  await server.process.stop();
  await rm(folder, { recursive: true, force: true });
  const medians = (of: 'quiet' | 'first' | 'hostile') => samples.map((round) => quantile(round[of], 0.5));
  const p95s = (of: 'quiet' | 'hostile') => samples.map((round) => quantile(round[of], 0.95));
  return {
    place,
    quietMs: summarise(medians('quiet')),
    hostileMs: summarise(medians('hostile')),
    quietP95Ms: summarise(p95s('quiet')),
    hostileP95Ms: summarise(p95s('hostile')),
    firstMs: summarise(medians('first')),
    ratio: summarise(medians('hostile').map((ms, round) => ms / (medians('quiet')[round] ?? Number.NaN))),
    heldBeforeMb,
    heldMb,
    residentMb,
    answers: answers as Record<string, number>,
  };
}

/** As on an address that others can reach, behind a proxy. */
function startServer(folder: string): Promise<RunningServer> {
  const environment = { databaseUrl: `sqlite:${folder}/hostile.db`, rowsFile: '' };
  return product(environment, {
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
    REFRESH_ON_START: 'when-empty',
    CACHE_DIR: folder,
    LOG_LEVEL: 'error',
    NODE_OPTIONS: `--import ${new URL('held-memory.mjs', import.meta.url).href}`,
    TRUSTED_PROXIES: 'loopback',
    RATE_LIMIT: '600',
    COST_LIMIT: '300000',
  });
}

async function held({ process: { child } }: RunningServer): Promise<number> {
  child.send('held');
  return (await message(child, 'held')) as number;
}

/** Until all their requests are answered, those that are held back as well. */
async function restAgain(attackers: ChildProcess): Promise<unknown> {
  const ended = message(attackers, 'answers');
  attackers.send('rest');
  const answers = await ended;
  await delay(1_000);
  return answers;
}

/** The honest client, thirty times a second: half of what it asks is kept from earlier, half is new each time. Sorted. */
async function stream({ url }: RunningServer, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let count = 0; performance.now() < end; count += 1) {
    const name = count % 2 === 0 ? 'same' : `new${Math.random().toString(36).slice(2)}`;
    // A new address now and then, for the bench is longer than a minute.
    const address = `198.51.100.${Math.floor(performance.now() / 15_000) % 250}`;
    const begun = performance.now();
    const query = `query ${name} { countries(first: 20) { nodes { code name population } } }`;
    const text = await ask(url, address, query);
    if (!text.includes('"data"')) throw new Error(`The honest client was refused: ${text}`);
    times.push(performance.now() - begun);
    await delay(EVERY_MS);
  }
  return times.toSorted((a, b) => a - b);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await measureHostile(5, 5), null, 2)}\n`);
  process.exit();
}
