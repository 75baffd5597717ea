import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, summarise } from '../lib/rounds.js';
import { openProduct } from '../refresh/ours.js';
import { CONTENDERS, product, type ReadContender, type ReadEnvironment } from './contenders.js';
import { type LoadResult, load } from './load.js';
import { ours } from './question.js';

export type Kind = 'list' | 'one';

export interface ReadResult {
  name: string;
  cpuUs: Measured;
  perSecond: Measured;
}

export interface ReadOptions {
  rounds: number;
  seconds: number;
}

/** Every server in turn, alone, round after round. */
export async function measureReads({ rounds, seconds }: ReadOptions): Promise<Record<Kind, ReadResult[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const environment = await filledDatabase(folder);
  const samples = new Map<string, LoadResult[]>();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed();
    for (const contender of order) await measure(contender, environment, seconds, samples);
  }
  await rm(folder, { recursive: true });
  return { list: results('list', samples), one: results('one', samples) };
}

async function measure(
  { name, questions, start }: ReadContender,
  environment: ReadEnvironment,
  seconds: number,
  samples: Map<string, LoadResult[]>,
): Promise<void> {
  const server = await start(environment);
  for (const kind of ['list', 'one'] as const) {
    // Compiled and warm before it counts.
    await load(server, questions[kind], seconds);
    const key = `${kind} ${name}`;
    samples.set(key, [...(samples.get(key) ?? []), await load(server, questions[kind], seconds)]);
  }
  await server.process.stop();
}

function results(kind: Kind, samples: Map<string, LoadResult[]>): ReadResult[] {
  return CONTENDERS.map(({ name }) => {
    const measured = samples.get(`${kind} ${name}`) ?? [];
    return {
      name,
      cpuUs: summarise(measured.map(({ cpuUs }) => cpuUs)),
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
