import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, summarise } from '../lib/rounds.js';
import { openProduct } from '../refresh/ours.js';
import {
  CONTENDERS,
  product,
  type ReadContender,
  type ReadEnvironment,
  type RunningServer,
} from './contenders.js';
import { type LoadResult, load } from './load.js';
import { ours } from './question.js';

export type Kind = 'list' | 'one';

export interface ReadResult {
  name: string;
  cpuUs: Measured;
  /** Turn by turn: those of all contenders at one place were measured one right after the other. */
  cpuUsOfTurns: number[];
  perSecond: Measured;
}

export interface ReadOptions {
  rounds: number;
  /** Before it counts. */
  seconds: number;
  turns: number;
  turnSeconds: number;
}

/**
 * Every server in turn, one under load while the others wait. The turns are short, since a machine that is shared gives
 * more in one minute and less in the next: what is compared was measured within seconds. Each round has new processes.
 */
export async function measureReads({ rounds, ...options }: ReadOptions): Promise<Record<Kind, ReadResult[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const environment = await filledDatabase(folder);
  const samples = new Map<string, LoadResult[]>();
  for (let round = 0; round < rounds; round++) {
    const running = [];
    for (const contender of CONTENDERS)
      running.push({ ...contender, server: await contender.start(environment) });
    for (const kind of ['list', 'one'] as const) await measure(kind, running, options, samples);
    for (const { server } of running) await server.process.stop();
  }
  await rm(folder, { recursive: true });
  return { list: results('list', samples), one: results('one', samples) };
}

async function measure(
  kind: Kind,
  running: readonly (ReadContender & { server: RunningServer })[],
  { seconds, turns, turnSeconds }: Omit<ReadOptions, 'rounds'>,
  samples: Map<string, LoadResult[]>,
): Promise<void> {
  // Compiled and warm before it counts.
  for (const { server, questions, eachAnother } of running) {
    await load(server, questions[kind], seconds, eachAnother);
  }
  for (let turn = 0; turn < turns; turn++) {
    const order = turn % 2 === 0 ? running : running.toReversed();
    for (const { name, server, questions, eachAnother } of order) {
      const key = `${kind} ${name}`;
      const measured = await load(server, questions[kind], turnSeconds, eachAnother);
      samples.set(key, [...(samples.get(key) ?? []), measured]);
    }
  }
}

function results(kind: Kind, samples: Map<string, LoadResult[]>): ReadResult[] {
  return CONTENDERS.map(({ name }) => {
    const measured = samples.get(`${kind} ${name}`) ?? [];
    return {
      name,
      cpuUs: summarise(measured.map(({ cpuUs }) => cpuUs)),
      cpuUsOfTurns: measured.map(({ cpuUs }) => Math.round(cpuUs * 10) / 10),
      perSecond: summarise(measured.map(({ perSecond }) => perSecond)),
    };
  });
}

/** The bundled data set, served by the product once, so that all contenders have the same rows. */
export async function filledDatabase(folder: string): Promise<ReadEnvironment> {
  const databaseUrl = `sqlite:${join(folder, 'bench.db')}`;
  const filling = await openProduct({
    DATABASE_URL: databaseUrl,
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
  });
  await filling.refresh();
  await filling.close();
  const environment = { databaseUrl, rowsFile: join(folder, 'rows.json') };
  const server = await product(environment, {});
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ours.list),
  });
  const { data } = (await answer.json()) as { data: { countries: { nodes: unknown[] } } };
  await server.process.stop();
  await writeFile(environment.rowsFile, JSON.stringify(data.countries.nodes));
  return environment;
}
