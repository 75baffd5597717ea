import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { filled, query, type Server, startProduct, withFolder } from '../lib/process.js';
import { type Measured, summarise } from '../lib/statistics.js';
import { atLeast, type Part, type Plan, type Section } from '../part.js';
import { CONTENDERS, ours, type ReadContender, type ReadEnvironment } from './contenders.js';

const KINDS = ['list', 'one'] as const;
type Kind = (typeof KINDS)[number];

interface ReadResult {
  name: string;
  cpuUs: Measured;
  /** In each turn the contenders are measured one right after the other. */
  cpuUsOfTurns: number[];
  perSecond: Measured;
}

type Reads = Record<Kind, ReadResult[]>;

const HOT = 'country-exchange, hot';
const COLD = 'country-exchange, cache off';
const JIT = 'Mercurius jit 1, rows in memory';

/** The floors of a list and of one country, by CPU time. */
const FLOORS: [name: string, to: string, floors: { [K in Kind]?: number }][] = [
  [HOT, JIT, { list: 4.5, one: 0.85 }],
  [HOT, 'bare node:http, the same bytes', { list: 0.5 }],
  [COLD, 'Mercurius, SQLite through Kysely', { list: 1, one: 1 }],
  [COLD, 'graphql-yoga, SQLite through Kysely', { list: 1.5, one: 1.5 }],
  [COLD, 'Apollo + Express, SQLite through Kysely', { list: 1.5, one: 1.5 }],
  [COLD, 'graphql-yoga, rows in memory', { list: 0.8, one: 1 }],
  [COLD, 'Apollo + Express, rows in memory', { list: 1, one: 1 }],
];

/**
 * One server is under load while the others wait. The turns are short, since a shared machine is faster in one minute
 * than in the next: what is compared was measured within seconds. Each round starts new processes.
 */
export const readsPart: Part<Reads> = {
  measure: ({ plan }) =>
    withFolder(async (folder) => {
      const environment = await readEnvironment(folder);
      const samples: Samples = new Map();
      for (let round = 0; round < plan.reads.rounds; round++) {
        const running: (ReadContender & { server: Server })[] = [];
        for (const contender of CONTENDERS) running.push({ ...contender, server: await contender.start(environment) });
        for (const kind of KINDS) await measureKind(kind, running, plan.reads, samples);
        for (const { server } of running) await server.process.stop();
      }
      return { list: results('list', samples), one: results('one', samples) };
    }),
  sections: ({ list, one }) => [
    section('A list of 250 countries with nine fields', 'reads-list', list),
    section('One country by its code, nine fields', 'reads-one', one),
  ],
  floors: (found) =>
    KINDS.flatMap((kind) =>
      FLOORS.flatMap(([name, to, { [kind]: floor }]) => {
        const what = `${kind === 'list' ? 'list of 250 x 9' : 'one country'}, ${name}, to ${to}`;
        return floor === undefined ? [] : atLeast(floor, what, ratio(found[kind], name, to).median);
      }),
    ),
};

type Samples = Map<string, { cpuUs: number; perSecond: number }[]>;

/** The bundled data set, served by the product once, so that all contenders have the same rows. */
async function readEnvironment(folder: string): Promise<ReadEnvironment> {
  const settings = await filled(folder);
  const server = await startProduct(settings);
  const { countries } = await query<{ countries: { nodes: unknown[] } }>(server.url, ours.list);
  await server.process.stop();
  const rowsFile = join(folder, 'rows.json');
  await writeFile(rowsFile, JSON.stringify(countries.nodes));
  return { settings, rowsFile };
}

async function measureKind(
  kind: Kind,
  running: readonly (ReadContender & { server: Server })[],
  { turns, turnSeconds, warmUpSeconds }: Plan['reads'],
  samples: Samples,
): Promise<void> {
  for (const contender of running) await load(contender, contender.queries[kind], warmUpSeconds);
  for (let turn = 0; turn < turns; turn++) {
    for (const contender of turn % 2 === 0 ? running : running.toReversed()) {
      const key = `${kind} ${contender.name}`;
      // V8 drops code and shrinks heaps that rest for seconds: the first part of a turn is not what a server does under load.
      await load(contender, contender.queries[kind], turnSeconds / 3);
      const measured = await load(contender, contender.queries[kind], turnSeconds);
      samples.set(key, [...(samples.get(key) ?? []), measured]);
    }
  }
}

/** Differ in a header, so that no server answers them by their bytes alone. Made beforehand: the client must not be the bottleneck. */
const REQUESTS: autocannon.Request[] = Array.from({ length: 1_000 }, (_, sent) => ({
  headers: { 'content-type': 'application/json', accept: 'application/json', 'x-trace': String(sent) },
}));

/** As many requests as the server answers in that time, and the CPU time of each. */
async function load(
  { server }: ReadContender & { server: Server },
  body: object,
  seconds: number,
): Promise<{ cpuUs: number; perSecond: number }> {
  const before = await server.process.usage();
  const { requests, errors, non2xx, duration } = await autocannon({
    url: server.url,
    method: 'POST',
    body: JSON.stringify(body),
    connections: 16,
    duration: seconds,
    // It ends with a sample; by default one takes a second.
    sampleInt: 50,
    requests: REQUESTS,
  });
  const after = await server.process.usage();
  if (errors + non2xx > 0) throw new Error(`${errors + non2xx} requests to ${server.url} failed`);
  return {
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / requests.total,
    perSecond: requests.total / duration,
  };
}

function results(kind: Kind, samples: Samples): ReadResult[] {
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

/** How many times as fast, turn by turn. */
function ratio(found: readonly ReadResult[], name: string, to: string): Measured {
  const turnsOf = (which: string) => found.find((it) => it.name === which)?.cpuUsOfTurns ?? [];
  const others = turnsOf(to);
  return summarise(turnsOf(name).map((cpuUs, turn) => (others[turn] ?? Number.NaN) / cpuUs));
}

function section(title: string, file: string, found: readonly ReadResult[]): Section {
  return {
    title,
    intro: 'How many times as fast: by CPU time, turn by turn.',
    chart: { file, title: `${title}: us of CPU time a request`, column: 1 },
    heads: ['', 'CPU time, us a request', 'requests a second', 'hot to it', 'cache off to it'],
    rows: found
      .toSorted((a, b) => a.cpuUs.median - b.cpuUs.median)
      .map(({ name, cpuUs, perSecond }) => [
        name,
        cpuUs,
        Math.round(perSecond.median),
        ratio(found, HOT, name),
        ratio(found, COLD, name),
      ]),
  };
}
