import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Measurable, message, startMeasurable } from './lib/process.js';
import { type Measured, summarise } from './lib/rounds.js';
import { product, type RunningServer } from './reads/contenders.js';
import { ours } from './reads/question.js';
import { filledDatabase } from './reads/reads.js';
import { startSlowSources } from './refresh/sources.js';

/** What was seen in one time of a few seconds. */
interface Phase {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** How late the server's event loop came, which no client and no network has a part in. */
  loopP99Ms: number;
  loopMaxMs: number;
  /** The most CPU time between two turns of it, which the load of the machine has no part in. */
  longestTurnMs: number;
  /** Of the server's process, the drawing apart, which has its own. */
  cpuMs: number;
  refreshes: number;
}

export interface WhileRefreshing {
  quiet: Record<keyof Phase, Measured>;
  refreshing: Record<keyof Phase, Measured>;
  /** Of the p99 of a time with refreshes to that of the quiet one before it. */
  ratio: Measured;
  /** What the server's process spends on a refresh beside the queries. */
  cpuMsPerRefresh: Measured;
}

/** Some ten thousand times as often as in use; the sources take some of that time to answer, as they do in use. */
const REFRESH_EVERY_MS = 1_000;
const SOURCES_TAKE_MS = 100;

/** A steady stream of queries from a process of its own, quiet and with refreshes by turns. */
export async function measureWhileRefreshing(rounds: number, seconds: number): Promise<WhileRefreshing> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const sources = await startSlowSources(SOURCES_TAKE_MS);
  const server = await product(await filledDatabase(folder), { ...sources.settings, CACHE_DIR: folder });
  const client = await startClient(server);
  const [quiet, refreshing]: [Phase[], Phase[]] = [[], []];
  // Once without a clock: a server that has just begun is not compiled yet.
  await phase(server, client, seconds, true);
  for (let round = 0; round < rounds; round++) {
    quiet.push(await phase(server, client, seconds, false));
    refreshing.push(await phase(server, client, seconds, true));
  }
  await client.stop();
  await server.process.stop();
  await sources.close();
  await rm(folder, { recursive: true, force: true });
  return {
    quiet: summariseAll(quiet),
    refreshing: summariseAll(refreshing),
    ratio: summarise(refreshing.map(({ p99Ms }, at) => p99Ms / (quiet[at]?.p99Ms ?? Number.NaN))),
    cpuMsPerRefresh: summarise(
      refreshing.map(({ cpuMs, refreshes }, at) => (cpuMs - (quiet[at]?.cpuMs ?? 0)) / refreshes),
    ),
  };
}

async function startClient({ url }: RunningServer): Promise<Measurable> {
  const script = new URL('lib/query-stream.ts', import.meta.url);
  const client = startMeasurable(script, [url, JSON.stringify(ours.one)]);
  await message(client.child, 'ready');
  return client;
}

async function phase(
  server: RunningServer,
  client: Measurable,
  seconds: number,
  isRefreshing: boolean,
): Promise<Phase> {
  // The pictures of the time before are drawn, and its garbage is collected.
  await delay(1_000);
  await server.process.loopDelay();
  const before = await server.process.usage();
  const streaming = message(client.child, 'stream') as Promise<Pick<Phase, 'p50Ms' | 'p99Ms' | 'maxMs'>>;
  client.child.send({ seconds });
  const refreshes = isRefreshing ? await refreshFor(server, seconds) : 0;
  const stream = await streaming;
  const { cpuMs } = await server.process.usage();
  const { p99Ms: loopP99Ms, maxMs: loopMaxMs, longestTurnMs } = await server.process.loopDelay();
  return { ...stream, loopP99Ms, loopMaxMs, longestTurnMs, cpuMs: cpuMs - before.cpuMs, refreshes };
}

async function refreshFor({ url }: RunningServer, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  let refreshes = 0;
  for (; performance.now() + REFRESH_EVERY_MS / 2 < end; refreshes++) {
    const pause = delay(REFRESH_EVERY_MS);
    await refresh(url);
    await pause;
  }
  return refreshes;
}

async function refresh(url: string): Promise<void> {
  const body = JSON.stringify({ query: 'mutation { refreshCountries { state } }' });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await answer.text();
  if (!answer.ok || !text.includes('SUCCEEDED')) throw new Error(text);
}

function summariseAll(phases: readonly Phase[]): Record<keyof Phase, Measured> {
  const names = Object.keys(phases[0] ?? {}) as (keyof Phase)[];
  const entries = names.map((name) => [name, summarise(phases.map((it) => it[name]))] as const);
  return Object.fromEntries(entries) as Record<keyof Phase, Measured>;
}
