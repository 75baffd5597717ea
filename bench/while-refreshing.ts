import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startUpstream } from '../test/upstream/upstream.js';
import { type Measured, quantile, summarise } from './lib/rounds.js';
import { product, type RunningServer } from './reads/contenders.js';
import { ours } from './reads/question.js';
import { filledDatabase } from './reads/reads.js';

export interface WhileRefreshing {
  quietP99Ms: Measured;
  refreshingP99Ms: Measured;
}

const EVERY_MS = 5;

/** The 99th percentile of a steady stream of queries, alone and while one refresh follows the other. */
export async function measureWhileRefreshing(rounds: number, seconds: number): Promise<WhileRefreshing> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const upstream = await startUpstream();
  const server = await product(await filledDatabase(folder), {
    COUNTRIES_SOURCE: 'restcountries-v3',
    COUNTRIES_URL: upstream.urls['restcountries-v3'],
    RATES_URL: upstream.urls['currency-api'],
    GDP_URL: upstream.urls['world-bank'],
    CACHE_DIR: folder,
  });
  const [quiet, refreshing]: [number[], number[]] = [[], []];
  await streamP99(server, seconds);
  for (let round = 0; round < rounds; round++) {
    quiet.push(await streamP99(server, seconds));
    refreshing.push(await whileRefreshing(server, () => streamP99(server, seconds)));
  }
  await server.process.stop();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
  return { quietP99Ms: summarise(quiet), refreshingP99Ms: summarise(refreshing) };
}

async function whileRefreshing<T>(server: RunningServer, run: () => Promise<T>): Promise<T> {
  let isOver = false;
  const refreshes = (async () => {
    while (!isOver) {
      await post(server.url, { query: 'mutation { refreshCountries { state } }' });
      await delay(500);
    }
  })();
  const result = await run();
  isOver = true;
  await refreshes;
  return result;
}

/** A query every few milliseconds, whether the one before has been answered or not. */
async function streamP99(server: RunningServer, seconds: number): Promise<number> {
  const running: Promise<number>[] = [];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    running.push(elapsedMs(() => post(server.url, ours.one)));
    await delay(EVERY_MS);
  }
  const sorted = (await Promise.all(running)).toSorted((a, b) => a - b);
  return quantile(sorted, 0.99);
}

async function elapsedMs(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok || text.startsWith('{"errors"')) throw new Error(text);
}
