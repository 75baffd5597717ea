import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Measured, summarise } from './lib/rounds.js';
import { product, type RunningServer } from './reads/contenders.js';
import { ours } from './reads/question.js';
import { filledDatabase } from './reads/reads.js';

export interface Start {
  /** From the start of the process to the first answer. */
  wallMs: Measured;
  cpuMs: Measured;
  /** A second later, with what the start has left. */
  secondMb: Measured;
  /** After a minute without a query. */
  restMb: Measured;
}

/** `node dist/index.js` on a database that is filled already, to the first answered query, and then at rest. */
export async function measureStart(rounds: number, restSeconds: number): Promise<Start> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const environment = await filledDatabase(folder);
  const samples: { server: RunningServer; wallMs: number; cpuMs: number; secondMb: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const server = await product(environment, {});
    await ask(server.url);
    const wallMs = performance.now() - begun;
    const { cpuMs } = await server.process.usage();
    await delay(1_000);
    samples.push({ server, wallMs, cpuMs, secondMb: (await server.process.usage()).rssMb });
  }
  // All of them at once: who rests disturbs nobody.
  await delay(restSeconds * 1_000);
  const restMb = await Promise.all(samples.map(async ({ server }) => (await server.process.usage()).rssMb));
  for (const { server } of samples) await server.process.stop();
  await rm(folder, { recursive: true });
  return {
    wallMs: summarise(samples.map(({ wallMs }) => wallMs)),
    cpuMs: summarise(samples.map(({ cpuMs }) => cpuMs)),
    secondMb: summarise(samples.map(({ secondMb }) => secondMb)),
    restMb: summarise(restMb),
  };
}

async function ask(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(ours.list) });
  if (!answer.ok) throw new Error(`The first query was answered with ${answer.status}`);
  await answer.arrayBuffer();
}
